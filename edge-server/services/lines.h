#pragma once

#include "edge-server/services/provisioning.h"
#include "edge-server/store/line_store.h"

// What happens to a line after it went live: its organisation is suspended, resumed or closed, and the vendors are told by a worker,
// which looks at what is and brings it to what is wanted, so that it may die at any moment.
class Lines {
public:
    Lines(sql::Database& database, Config const& config, Provisioning& provisioning, TwilioClient& twilio, ElevenLabsClient* elevenlabs);

    // Each inside the caller's transaction; wake the worker afterwards.
    static Outcome suspend(sql::Writer& db, std::string const& organization_id);
    static Outcome resume(sql::Writer& db, std::string const& organization_id); // also cancels a closing, while the number is there
    static Outcome close(sql::Writer& db, std::string const& organization_id); // its number is released after the cooling-off time
    // Continues what stopped and asked for a human. False: nothing did.
    static bool retry(sql::Writer& db, std::string const& organization_id);

    // Works on one number that is due. False: none is.
    bool work_on_next(std::string const& worker);
    void stop_working() { m_stopping = true; }

private:
    struct Work;
    struct Interrupted { };

    void advance(Work& work);
    void silence(Work& work);
    void restore(Work& work);
    void release(Work& work);
    bool is_marked(Work& work, TwilioNumber const& at_twilio);
    void before_call(Work& work);
    template <typename F>
    void save(Work& work, F&& f);
    void settle(Work& work);
    void stop(Work& work, std::string cause, std::string next_step);
    bool handled_failure(Work& work, ProviderClient const& provider, ProviderAnswer const& answer);

    sql::Database& m_database;
    Config const& m_config;
    Provisioning& m_provisioning;
    TwilioClient& m_twilio;
    ElevenLabsClient* m_elevenlabs; // none without a key
    std::atomic<bool> m_stopping{false};
};
