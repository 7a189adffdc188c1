#pragma once

#include "edge-server/providers/provider_health.h"
#include "edge-server/sql/database.h"
#include "shared/domain/conversation.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

// What Jack is told when the dealership calls a lead, in the order in which it is shown. `reason`: what the call is about, in words.
NamedValues outbound_variables(sql::Reader& db, std::string const& organization_id, std::string const& organization_name,
    std::string const& lead_id, std::string const& reason);

// What ElevenLabs asks while the phone rings: who was called, who calls, what was said last. Never refuses and never waits long.
class Initiation {
public:
    Initiation(sql::Database& database, std::string default_name);
    ~Initiation(); // waits for the writes that it began

    Initiation(Initiation const&) = delete;
    Initiation& operator=(Initiation const&) = delete;

    // Returns at once. `answered` gets what makes the JSON answer to the request's body, whatever that is, once the call is recorded on
    // disk, or 250 ms later: always and once, on any thread.
    using Answered = std::function<void(std::function<std::string()> make)>;
    void answer(std::string_view body, Answered answered);
    ProviderHealth const& health() const { return m_health; }

    // Does some of what the answers did not wait for: consoles hear of the calls that began, and calls of a crowd become conversations.
    // True: there is much more. `f` is called when there is something to do.
    bool catch_up();
    bool is_behind();
    void on_behind(std::function<void()> f) { m_on_behind = std::move(f); }
    Bound calls_to_file() const;

    // What Jack is told.
    struct Variables {
        std::string conversation_context;
        std::string customer_name;
        std::string lead_status;
        std::string previous_summary;
        std::string organization_name;
    };

private:
    struct Question;
    bool is_crowd() const;
    void count_call();
    void record(std::shared_ptr<Question> const& question);
    void recorded(std::shared_ptr<Question> const& question, bool on_disk);
    void give(Question& question, std::function<std::string()> make, std::string problem); // `problem`: '' when all went well
    void hurry(std::shared_ptr<Question> const& question);
    void answer_the_late();
    void answer_from_reading(Question& question);
    Variables unknown_number() const;
    std::string remembered_name(std::string const& called_number);
    void remember_name(std::string const& called_number, std::string const& name);
    struct Begun {
        std::string organization_id;
        std::string conversation_id;
    };

    sql::Database& m_database;
    std::string const m_default_name;
    ProviderHealth m_health;
    std::mutex m_mutex; // of what follows
    std::condition_variable m_wake;
    std::condition_variable m_all_written;
    std::deque<std::shared_ptr<Question>> m_open; // by the time when they must be answered; some are already
    std::size_t m_unwritten = 0; // begun writes
    std::chrono::seconds m_second{}; // of the calls that are counted
    std::size_t m_in_second = 0;
    std::size_t m_in_second_before = 0;
    bool m_stopping = false;
    std::vector<Begun> m_begun;
    std::atomic<std::size_t> m_put_aside; // counted once on disk; may count some that a result has filed
    std::function<void()> m_on_behind;
    std::unordered_map<std::string, std::string> m_names; // number -> dealership, for when the database cannot be read
    std::thread m_late; // answers what the writer has not; last: it uses everything above
};
