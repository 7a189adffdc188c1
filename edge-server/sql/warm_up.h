#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace sql {

// Reads the database file once, in the background, so that the first calls after a start do not wait for the disk with every page: at a
// million numbers a call touches some fifteen that no call before it has touched.
class WarmUp {
public:
    explicit WarmUp(std::string const& path);
    // Not before the last connection is closed: closing any descriptor of the file drops SQLite's locks on it.
    ~WarmUp();
    WarmUp(WarmUp const&) = delete;
    WarmUp& operator=(WarmUp const&) = delete;

private:
    void read_file() const;

    int m_descriptor;
    std::atomic<bool> m_stopping{false};
    std::thread m_thread; // last: uses the others
};

} // namespace sql
