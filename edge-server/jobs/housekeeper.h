#pragma once

#include "edge-server/services/drift.h"
#include "edge-server/services/lines.h"
#include "edge-server/services/outages.h"

#include <condition_variable>
#include <mutex>
#include <thread>

// What happens by itself beside the runs: lines are switched off, on and given back; outages are told; the books are compared.
class Housekeeper {
public:
    Housekeeper(Lines& lines, Drift& drift, Outages& outages, std::chrono::seconds between_looks);
    ~Housekeeper(); // waits for the vendor call at hand

    Housekeeper(Housekeeper const&) = delete;
    Housekeeper& operator=(Housekeeper const&) = delete;

    void wake(); // a line has work

private:
    void keep_lines();
    void keep_books();
    bool sleep(std::chrono::milliseconds longest); // false: it ends

    Lines& m_lines;
    Drift& m_drift;
    Outages& m_outages;
    std::chrono::seconds const m_between_looks;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::uint64_t m_calls = 0; // of wake()
    std::thread m_line_worker;
    std::thread m_book_keeper;
};
