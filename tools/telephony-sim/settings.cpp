#include "tools/telephony-sim/settings.h"

#include "tools/telephony-sim/talk.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <array>

namespace simulator {

namespace {

constexpr int64_t longest_latency_ms = 600'000;
constexpr int64_t longest_delay_ms = 86'400'000;

enum class Kind { whole, factor, flag, choice, outcome_of_call, outcome_of_text, conversation };

struct Switch {
    char const* name;
    Kind kind;
    int64_t most = 0; // of a whole number
    char const* choices = "";
    Json initial = nullptr;
};

std::vector<Switch> const& switches()
{
    static std::vector<Switch> const all{
        {"second_import", Kind::choice, 0, "conflict|second_id", "conflict"},
        {"repeated_buy", Kind::choice, 0, "refused|updated", "refused"},
        {"failed_initiation", Kind::choice, 0, "drop|placeholders", "drop"},

        // What the person does whose telephone rings: answered, busy, no-answer, or refused by ElevenLabs before it rings.
        {"outbound_calls", Kind::outcome_of_call, 0, "answered|busy|no-answer|refused", "answered"},
        {"ring_ms", Kind::whole, longest_delay_ms, "", 0}, // of an outbound call
        {"talk_ms", Kind::whole, longest_delay_ms, "", 0}, // of an outbound call, whatever its record says
        {"outbound_conversation", Kind::conversation}, // what is said then, as in POST /sim/calls; null: a script of the simulator's
        {"null_ids", Kind::flag, 0, "", false}, // an outbound call that succeeded is answered without its ids

        // What becomes of texts: delivered, or undelivered:30003, failed:30007 and the like.
        {"delivery", Kind::outcome_of_text, 0, "delivered|undelivered|failed|sent", "delivered"},
        {"us_registration", Kind::choice, 0, "done|missing", "done"}, // missing: texts from US numbers fail with 30034
        {"status_delay_ms", Kind::whole, longest_delay_ms, "", 100}, // between a text's states
        {"automatic_replies", Kind::flag, 0, "", true}, // Twilio's own, to STOP, START and HELP
        {"opt_out_type", Kind::flag, 0, "", false}, // webhooks carry OptOutType, as with Twilio's advanced opt-out
        {"price_segment", Kind::whole, 1'000'000, "", 7500}, // micro-dollars
        {"price_minute", Kind::whole, 1'000'000, "", 12'500}, // of voice, each that was begun

        {"post_call_delay_ms", Kind::whole, longest_delay_ms, "", 0}, // processing, from the end of the call
        {"analysis", Kind::choice, 0, "full|null", "full"},
        {"extra_fields", Kind::flag, 0, "", false}, // webhooks have members that nobody knows yet
        {"retry_scale", Kind::factor, 0, "", 1.0}, // of ElevenLabs' schedule of retries and the week before it disables a webhook
        {"retry_signature", Kind::choice, 0, "fresh|original", "fresh"},

        // Shares of webhooks in percent. Which ones are struck depends on the seed and on how many there were of their kind.
        {"webhook_seed", Kind::whole, 1'000'000'000, "", 1}, {"webhook_loss", Kind::whole, 100, "", 0},
        {"webhook_repeats", Kind::whole, 100, "", 0}, {"webhook_bad_signature", Kind::whole, 100, "", 0},
        {"webhook_shuffle", Kind::flag, 0, "", false},
        {"webhook_shuffle_ms", Kind::whole, longest_delay_ms, "", 2000}, // each waits a part of it
        {"webhook_late", Kind::whole, 100, "", 10}, // these come webhook_late_ms later, if that is more than 0
        {"webhook_late_ms", Kind::whole, longest_delay_ms, "", 0},
        {"signature_age_seconds", Kind::whole, 10'000'000, "", 0}, // ElevenLabs' signatures say that they are that old
        {"webhook_chunked", Kind::flag, 0, "", false}, // ElevenLabs sends in chunks
    };
    return all;
}

bool is_choice(std::string const& choices, std::string const& word)
{
    auto const all = split(choices, '|');
    return std::find(all.begin(), all.end(), word) != all.end();
}

bool is_outcome(Switch const& rule, Json const& value)
{
    if (!value.is_string()) return false;
    auto const word = value.get<std::string>();
    auto const colon = word.find(':');
    if (!is_choice(rule.choices, word.substr(0, colon))) return false;
    if (colon == std::string::npos) return true;
    auto const code = word.substr(colon + 1);
    return rule.kind == Kind::outcome_of_text && code.size() == 5 && code.find_first_not_of("0123456789") == std::string::npos;
}

std::string problem_with_value(Switch const& rule, Json const& value)
{
    std::string const name = rule.name;
    switch (rule.kind) {
    case Kind::whole:
        if (value.is_number_integer() && value >= 0 && value <= rule.most) return "";
        return name + " must be a whole number up to " + std::to_string(rule.most);
    case Kind::factor:
        if (value.is_number() && value >= 0 && value <= 1) return "";
        return name + " must be a number from 0 to 1";
    case Kind::flag:
        return value.is_boolean() ? "" : name + " must be true or false";
    case Kind::choice:
        if (value.is_string() && is_choice(rule.choices, value.get<std::string>())) return "";
        return name + " must be one of " + rule.choices;
    case Kind::conversation: {
        auto const talk = read_talk(value.is_null() ? Json::object() : value);
        auto const* problem = std::get_if<std::string>(&talk);
        return problem ? *problem : "";
    }
    case Kind::outcome_of_call:
    case Kind::outcome_of_text: {
        auto const problem = name + " must be one of " + rule.choices + ", or an object of numbers and these with a default";
        if (!value.is_object()) return is_outcome(rule, value) ? "" : problem;
        for (auto const& [number, word] : value.items()) {
            if ((number != "default" && !is_e164(number)) || !is_outcome(rule, word)) return problem;
        }
        return value.contains("default") ? "" : problem;
    }
    }
    return "";
}

std::string problem_with_latencies(Json const& latencies)
{
    if (!latencies.is_object()) return "latency_ms must be an object of operation names and milliseconds";
    for (auto const& [operation, latency] : latencies.items()) {
        bool const removes = latency.is_null() && operation != "default";
        if (removes) continue;
        if (!latency.is_number_integer() || latency < 0 || latency > longest_latency_ms)
            return "latency_ms." + operation + " must be whole milliseconds up to " + std::to_string(longest_latency_ms);
    }
    return "";
}

std::string problem_with(Json const& patch)
{
    if (!patch.is_object()) return "the settings must be a JSON object";
    for (auto const& [key, value] : patch.items()) {
        auto const rule = std::find_if(switches().begin(), switches().end(), [&](auto const& each) { return key == each.name; });
        if (key != "latency_ms" && rule == switches().end()) return "unknown setting \"" + key + "\"";
        auto problem = key == "latency_ms" ? problem_with_latencies(value) : problem_with_value(*rule, value);
        if (!problem.empty()) return problem;
    }
    return "";
}

Json initial_settings(int default_latency_ms)
{
    Json settings{{"latency_ms", {{"default", default_latency_ms}}}};
    for (auto const& each : switches())
        settings[each.name] = each.initial;
    return settings;
}

} // namespace

Settings::Settings(State& state, int default_latency_ms)
    : m_state(state), m_initial(initial_settings(default_latency_ms)), m_settings(m_initial)
{
    auto const kept = m_state.look([](Database& db) { return remembered(db, "settings"); });
    if (kept) m_settings.update(Json::parse(*kept));
    if (default_latency_ms > 0) m_settings["latency_ms"]["default"] = default_latency_ms;
}

Json Settings::all() const
{
    std::lock_guard const lock(m_mutex);
    return m_settings;
}

int Settings::latency_ms(std::string const& operation) const
{
    std::lock_guard const lock(m_mutex);
    auto const& latencies = m_settings["latency_ms"];
    return latencies.value(operation, latencies["default"].get<int>());
}

int64_t Settings::number(char const* name) const
{
    std::lock_guard const lock(m_mutex);
    return m_settings.at(name).get<int64_t>();
}

double Settings::factor(char const* name) const
{
    std::lock_guard const lock(m_mutex);
    return m_settings.at(name).get<double>();
}

bool Settings::flag(char const* name) const
{
    std::lock_guard const lock(m_mutex);
    return m_settings.at(name).get<bool>();
}

std::string Settings::text(char const* name) const
{
    std::lock_guard const lock(m_mutex);
    return m_settings.at(name).get<std::string>();
}

Json Settings::json(char const* name) const
{
    std::lock_guard const lock(m_mutex);
    return m_settings.at(name);
}

std::string Settings::word_for(char const* name, std::string const& phone_number) const
{
    std::lock_guard const lock(m_mutex);
    auto const& words = m_settings.at(name);
    if (words.is_string()) return words.get<std::string>();
    return words.contains(phone_number) ? words[phone_number].get<std::string>() : words["default"].get<std::string>();
}

std::string Settings::change(Json const& patch)
{
    if (auto problem = problem_with(patch); !problem.empty()) return problem;
    std::lock_guard const changing(m_changing);
    std::unique_lock lock(m_mutex);
    for (auto const& [key, value] : patch.items()) {
        if (key != "latency_ms") m_settings[key] = value;
    }
    auto const latencies = patch.value("latency_ms", Json::object());
    for (auto const& [operation, latency] : latencies.items()) {
        if (latency.is_null())
            m_settings["latency_ms"].erase(operation);
        else
            m_settings["latency_ms"][operation] = latency;
    }
    auto const kept = to_text(m_settings);
    lock.unlock(); // who asks for a setting may hold the state
    m_state.note([&](Database& db) { remember(db, "settings", kept); });
    return "";
}

void Settings::forget()
{
    std::lock_guard const lock(m_mutex);
    m_settings = m_initial;
}

} // namespace simulator
