#pragma once

#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace simulator {

// Brings the vendors' webhooks. Those that have to wait do so in the state, over restarts too; one that is being brought while the
// program dies is lost, as webhooks are. The settings decide which are lost, repeated, late, shuffled or badly signed.
//
// A webhook is {kind, subject} and of ElevenLabs {webhook_id, body}; of Twilio {url, method, form, fallback_url, fallback_method}.
class Courier {
public:
    // Gets the answer to a webhook of Twilio's, does what it asks for, and says what that was.
    using Heard = std::function<std::string(Json const& webhook, std::string const& content_type, std::string const& body)>;

    Courier(State& state, Settings const& settings, Heard heard);
    ~Courier() { stop(); }

    // Brings it before this returns, unless it has to wait. What became of it: {fate, status, ms, error, attempts …}.
    Json bring(Json const& webhook, int64_t delay_ms = 0);
    void bring_later(Json const& webhook, int64_t delay_ms); // by another thread, even if it need not wait
    Json entries_after(int64_t sequence, int64_t limit) const;

    void start();
    void stop(); // what still waits, waits on

private:
    struct Fate;
    Fate fate_of(std::string const& kind);
    Json accept(Json const& webhook, int64_t delay_ms, bool at_once);
    void put(Json const& webhook, int64_t delay_ms);
    Json try_now(Json webhook);
    Json try_elevenlabs(Json& webhook);
    Json try_twilio(Json const& webhook);
    void count_answer(Json& webhook, int status);
    void note(Json const& webhook, Json const& result);
    void run();
    bool carry_out_next(); // false if none is due

    State& m_state;
    Settings const& m_settings;
    Heard const m_heard;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
    uint64_t m_news = 0;
    std::vector<std::thread> m_threads;
};

} // namespace simulator
