#pragma once

#include "edge-server/providers/elevenlabs_client.h"
#include "edge-server/providers/twilio_client.h"
#include "edge-server/sql/database.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/provisioning.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

struct Config;

// Takes each run from "signed up" to "live number", one durable step at a time: whatever dies, the next worker goes on from
// what is written. The order of the steps is what makes a purchase happen exactly once (ARCHITECTURE.md).
class Provisioning {
public:
    // `own_server` reaches this server at its public URL.
    Provisioning(sql::Database& database, Config const& config, std::string installation_id, TwilioClient& twilio,
        ElevenLabsClient* elevenlabs, ProviderClient& own_server);

    // Works on one due run until it waits, stops or is done. False: nothing is due.
    bool work_on_next(std::string const& worker);
    // Sleeps until a run is due, wake() was called since `calls_seen`, or `longest` has passed.
    void wait_for_work(std::uint64_t& calls_seen, std::chrono::milliseconds longest);
    void wake();
    void stop_working(); // runs pause after the step at hand; what is written goes on at the next start

    // Waits until the organisation's run is done or needs someone, at most until the deadline; a bounded number of callers wait at a time.
    Bound waiting_signups() const;
    void await(std::string const& organization_id, std::chrono::steady_clock::time_point deadline);

    // Continues a stopped run where it stopped. Inside the caller's transaction; wake() afterwards.
    static Outcome retry(sql::Writer& db, std::string const& organization_id);
    // A human imported the number and says under which id.
    static Outcome activate(sql::Writer& db, PhoneNumber const& number, std::string const& elevenlabs_phone_id);

    // A number that was bought and is nobody's becomes this stopped run's. Inside the caller's transaction; false: it is in our books.
    static bool adopt_for(sql::Writer& db, std::string const& run_id, TwilioNumber const& orphan, std::string const& account_sid);

    std::string tag_of(std::string const& run_id) const; // "dealerline:<installation>:<run>", 60 characters
    NumberUrls urls() const;

private:
    struct Work;
    struct Stopping { };
    struct LeaseLost { };

    void advance(Work& work);
    void recover(Work& work);
    void choose(Work& work);
    void ask_for_choice(Work& work);
    void buy(Work& work);
    void post_candidate(Work& work, NumberCandidate candidate);
    bool adopt_if_ours(Work& work, NumberCandidate const& candidate);
    void adopt(Work& work, NumberCandidate const& candidate, TwilioNumber const& bought);
    void import(Work& work);
    std::optional<std::string> imported_id(Work& work, PhoneNumber const& number, bool& is_new);
    void verify(Work& work);
    std::string first_difference(Work& work, PhoneNumber const& number);

    void begin_step(Work& work, std::string message);
    void before_call(Work& work);
    template <typename F>
    void save(Work& work, F&& f);
    void finish_step(Work& work, std::string next_state, std::string message);
    void try_later(Work& work, std::string const& what_failed, std::chrono::milliseconds delay);
    void stop(Work& work, std::string cause, std::string next_step, std::string notification_type = "manual_setup_required");
    void go_on_later(Work& work, std::string const& what_failed, std::chrono::milliseconds delay);
    std::chrono::milliseconds provider_pause(std::string const& state) const;
    bool handled_failure(Work& work, ProviderClient const& provider, ProviderAnswer const& answer);
    // The signups that wait for this organisation look again.
    void tell_waiting(std::string const& organization_id);

    sql::Database& m_database;
    Config const& m_config;
    std::string m_installation_id;
    TwilioClient& m_twilio;
    ElevenLabsClient* m_elevenlabs; // none without a key
    ProviderClient& m_own_server;
    struct Waiter {
        std::condition_variable changed;
        bool has_news = false;
    };

    mutable std::mutex m_mutex;
    std::multimap<std::string, Waiter*> m_waiters; // organisation -> a signup's thread
    std::condition_variable m_called;
    std::uint64_t m_calls = 0; // counts calls of wake()
    std::atomic<bool> m_stopping{false};
};
