#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/inbox_store.h"
#include "shared/base/result.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// What became of an item. Processing may happen any number of times, in any order, and ends in the same state.
struct Processed {
    enum State { Done, Failed, Unrouted } state = Done;
    std::string cause = {}; // for people: why it could not be processed, or why it is nobody's
    std::string organization_id = {}; // whose it is
    // What is too long for one write, each in one of its own, before the item counts as processed.
    std::vector<std::function<void(sql::Writer&)>> then = {};
};

// Keeps what the vendors tell us, and processes it afterwards, outside any request.
class Inbox {
public:
    using Write = std::function<Processed(sql::Writer&)>; // may run twice
    using Processor = std::function<Write(InboxItem const&)>; // reads the item, outside any transaction

    explicit Inbox(sql::Database& database) : m_database(database) { }

    // Items of this source and kind; others are kept and say that nothing knows them.
    void add(std::string source, std::string kind, Processor processor);

    // On disk when this returns; what is there already is not kept twice. True: it is new. Throws as Database::write does.
    bool keep(InboxItem item);
    // Processes what is due. False: nothing is.
    bool work();
    // Sleeps until something is due, wake() was called since `calls_seen`, or `longest` has passed.
    void wait_for_work(std::uint64_t& calls_seen, std::chrono::milliseconds longest);
    void wake();

private:
    struct Entry {
        std::string source;
        std::string kind;
        Processor processor;
    };

    void keep_parts(std::string const& item_id, std::string_view body);
    Write prepare(InboxItem const& item) const;
    void process(std::vector<InboxItem> const& items);
    void process_alone(InboxItem const& item);
    void put_off(InboxItem const& item, std::string const& why);

    sql::Database& m_database;
    std::vector<Entry> m_processors;
    std::mutex m_mutex;
    std::condition_variable m_called;
    std::uint64_t m_calls = 0; // of wake()
};
