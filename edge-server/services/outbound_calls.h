#pragma once

#include "edge-server/providers/elevenlabs_client.h"
#include "edge-server/sql/database.h"
#include "edge-server/store/call_attempt_store.h"
#include "shared/base/result.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

struct Config;

// Calls that a dealership makes. One click is one attempt, on disk before anything leaves; a worker dials. After an unclear outcome it
// asks ElevenLabs for the attempt's conversation and never dials the same attempt twice.
class OutboundCalls {
public:
    OutboundCalls(sql::Database& database, Config const& config, ElevenLabsClient* elevenlabs);

    struct Order {
        std::string organization_id;
        std::string lead_id; // or
        std::string to_number;
        std::string reason; // '' for none
        std::string author_id;
        std::string request_key; // of the click, '' for none
    };
    // Checks whether it may be, sets the money aside and writes it down. The same key is answered with the same attempt.
    Result<CallAttempt> begin(Order const& order);
    // The attempt once it is known what became of it, or as it is at the deadline.
    CallAttempt await(CallAttempt attempt, std::chrono::steady_clock::time_point deadline);

    // Works on one attempt that is due. False: none is.
    bool work_on_next(std::string const& worker);
    // Sleeps until something may be due, begin() was called since `calls_seen`, or `longest` has passed.
    void wait_for_work(std::uint64_t& calls_seen, std::chrono::milliseconds longest);
    void end_forgotten(); // attempts of whose call nothing was heard
    void stop_working();

private:
    struct Work;
    struct Interrupted { };

    Result<CallAttempt> insert(sql::Writer& db, Order const& order);
    void advance(Work& work);
    void dial(Work& work);
    void look(Work& work);
    void look_later(Work& work, ProviderAnswer const& answer);
    void place(Work& work, std::string const& conversation_id, std::string const& call_sid);
    void finish(Work& work, char const* state, std::string cause);
    void later(Work& work, std::chrono::milliseconds delay);
    void save(Work& work);
    void announce();

    sql::Database& m_database;
    Config const& m_config;
    ElevenLabsClient* m_elevenlabs; // none without a key
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::uint64_t m_calls = 0; // of announce()
    std::atomic<int> m_waiting{0}; // requests that wait for their attempt
    std::atomic<bool> m_stopping{false};
};
