#include "tools/telephony-sim/simulator.h"

#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/page.h"
#include "tools/telephony-sim/twilio_fields.h"
#include "tools/telephony-sim/workspace_book.h"

namespace simulator {

namespace {

constexpr uint64_t default_seed = 1;

uint64_t settled_seed(State& state, std::optional<uint64_t> given)
{
    return state.change([&](Database& db) {
        auto const kept = remembered(db, "seed");
        auto const seed = given ? *given : kept ? std::stoull(*kept) : default_seed;
        remember(db, "seed", std::to_string(seed));
        return seed;
    });
}

bool is_twilio(std::string const& path)
{
    return path.starts_with("/2010-04-01");
}

bool is_elevenlabs(std::string const& path)
{
    return path.starts_with("/v1/");
}

} // namespace

Simulator::Simulator(Options const& options)
    : m_state(options.state), m_settings(m_state, options.latency_ms), m_journal(m_state), m_faults(m_state),
      m_late_effects(m_state, m_journal, [this](Request const& request) { return perform(request); }),
      m_gate(m_state, m_settings, m_journal, m_faults, m_late_effects), m_inventory(settled_seed(m_state, options.seed)),
      m_courier(m_state, m_settings,
          [this](Json const& webhook, std::string const& type, std::string const& body) { return m_texting.obey(webhook, type, body); }),
      m_recorder(m_state, m_settings, m_courier), m_texting(m_state, m_settings, m_courier),
      m_twilio(m_state, m_settings, m_inventory, m_gate, m_texting),
      m_elevenlabs(m_state, m_settings, m_gate, m_recorder, options.webhook_secret), m_telephone(m_state, m_settings, m_recorder),
      m_controls(m_state, m_settings, m_journal, m_faults, m_courier, m_telephone, m_texting)
{
    m_state.change([](Database& db) { prepare_workspace(db); });
    m_late_effects.start();
    m_courier.start();
}

void Simulator::close()
{
    m_late_effects.stop();
    m_courier.stop();
    m_gate.close();
}

Answer Simulator::perform(Request const& request)
{
    return is_twilio(request.path) ? m_twilio.perform(request) : m_elevenlabs.perform(request);
}

Answer Simulator::handle(Request const& request)
{
    if (is_twilio(request.path)) return m_twilio.handle(request);
    if (is_elevenlabs(request.path)) return m_elevenlabs.handle(request);
    if (request.path.starts_with("/sim/")) return m_controls.handle(request);
    if (request.method == "GET") {
        if (auto file = page_file(request.path)) return *file;
    }
    return failure(request.path, 404);
}

Answer failure(std::string const& path, int status)
{
    bool const lost = status == 404;
    bool const large = status == 413;
    bool const internal = status >= 500;
    if (is_twilio(path)) {
        auto const code = lost ? 20404 : internal ? 20500 : 20422;
        return twilio_refusal({status, code,
            lost        ? "The requested resource " + path + " was not found"
                : large ? "The request is too large"
                        : "The request could not be handled"});
    }
    if (is_elevenlabs(path)) {
        if (lost) return elevenlabs_answer(404, {{"detail", "Not Found"}});
        return elevenlabs_refusal({status, internal ? "internal_error" : "invalid_request", internal ? "internal_error" : "bad_request",
            large ? "The request is too large" : "The request could not be handled"});
    }
    return json_answer(status,
        {{"error",
            lost        ? "Nothing is here"
                : large ? "The request is too large"
                        : "The request could not be handled"}});
}

} // namespace simulator
