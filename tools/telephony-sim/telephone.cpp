#include "tools/telephony-sim/telephone.h"

#include "tools/telephony-sim/jack.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/twilio_webhook.h"
#include "tools/telephony-sim/twiml.h"
#include "tools/telephony-sim/web_client.h"
#include "tools/telephony-sim/words.h"
#include "tools/telephony-sim/workspace_book.h"

#include <algorithm>
#include <set>

namespace simulator {

namespace {

constexpr std::chrono::milliseconds initiation_patience{5000};
constexpr size_t longest_twiml = 64 * 1024;
constexpr char const* withheld_caller = "anonymous";

bool is_elevenlabs_call_url(std::string const& url)
{
    auto const host_start = url.find("://");
    if (host_start == std::string::npos) return false;
    auto const path_start = url.find('/', host_start + 3);
    auto const host = url.substr(host_start + 3, path_start == std::string::npos ? std::string::npos : path_start - host_start - 3);
    return host.ends_with(".elevenlabs.io") && path_start != std::string::npos
        && url.substr(path_start).starts_with("/twilio/inbound_call");
}

// What has been said so far in a call that is going on.
Talk talk_of(Conversation const& conversation)
{
    Talk talk;
    talk.started_at = conversation.started_at;
    for (auto const& turn : conversation.body["transcript"])
        talk.turns.push_back({text_at(turn, "role"), text_at(turn, "message"), turn["time_in_call_secs"].get<int64_t>()});
    return talk;
}

} // namespace

struct Telephone::Call {
    std::string from;
    std::string to;
    std::string sid = random_hex("CA", 32);
    std::string number_sid; // of the number that was called
    Json result;
    Line line; // once the agent answers

    void step(std::string const& text) { result["steps"].push_back(text); }
    void fail(std::string const& reason)
    {
        result["status"] = "failed";
        result["reason"] = reason;
        step(reason);
    }
};

Json Telephone::call(std::string const& from, std::string const& to)
{
    auto const call = ring(from, to);
    record(call, now_ms(), 0);
    return call.result;
}

Json Telephone::call(std::string const& from, std::string const& to, Talk talk)
{
    auto call = ring(from, to);
    auto const now = now_ms();
    bool const talks = call.result["answered_by"] == "agent";
    if (!talk.started_at) talk.started_at = now / 1000;
    record(call, *talk.started_at * 1000, talks ? talk.duration : 0);
    if (!talks) return call.result;
    bool const begins = !talk.turns.empty() && talk.turns.front().role == "agent";
    if (!begins) talk.turns.insert(talk.turns.begin(), {"agent", text_at(call.result, "greeting"), 0});
    Conversation const conversation{call.line.conversation_id, call.sid, call.line.agent_id, call.line.user_id, *talk.started_at, now, now,
        now + m_settings.number("post_call_delay_ms"), m_recorder.body(call.line, talk)};
    m_state.note([&](Database& db) { save_conversation(db, conversation); });
    call.result["conversation_id"] = conversation.conversation_id;
    call.result["post_call"] = m_recorder.tell(conversation);
    return call.result;
}

Json Telephone::start(std::string const& from, std::string const& to)
{
    auto call = ring(from, to);
    auto const now = now_ms();
    record(call, now, 0);
    if (call.result["answered_by"] != "agent") return call.result;
    Talk talk;
    talk.started_at = now / 1000;
    talk.turns = {{"agent", text_at(call.result, "greeting"), 0}};
    Conversation const conversation{call.line.conversation_id, call.sid, call.line.agent_id, call.line.user_id, *talk.started_at, now, {},
        {}, m_recorder.body(call.line, talk)};
    m_state.note([&](Database& db) {
        auto open = *find_call(db, call.sid);
        open.ended_at = std::nullopt;
        save_call(db, open);
        save_conversation(db, conversation);
    });
    call.result["conversation_id"] = conversation.conversation_id;
    return call.result;
}

std::optional<Json> Telephone::say(std::string const& call_sid, std::string const& words)
{
    return m_state.note([&](Database& db) -> std::optional<Json> {
        auto conversation = find_conversation_of_call(db, call_sid);
        if (!conversation || conversation->ended_at) return std::nullopt;
        auto talk = talk_of(*conversation);
        auto const line = Recorder::line_of(*conversation);
        auto const at = (now_ms() - *conversation->answered_at) / 1000;
        talk.turns.push_back({"user", words, at});
        auto const reply = jacks_answer(talk.turns, line.variables);
        talk.turns.push_back({"agent", reply, at});
        conversation->body = m_recorder.body(line, talk);
        save_conversation(db, *conversation);
        return Json{{"reply", reply}, {"at", at}};
    });
}

std::optional<Json> Telephone::hang_up(std::string const& call_sid)
{
    auto const delay = m_settings.number("post_call_delay_ms");
    auto const per_minute = m_settings.number("price_minute");
    auto const ended = m_state.note([&](Database& db) -> std::optional<Conversation> {
        auto conversation = find_conversation_of_call(db, call_sid);
        auto call = find_call(db, call_sid);
        if (!conversation || !call || conversation->ended_at) return std::nullopt;
        auto talk = talk_of(*conversation);
        auto const line = Recorder::line_of(*conversation);
        auto const now = now_ms();
        talk.duration = (now - *conversation->answered_at) / 1000 + 1;
        sum_up(talk, line.variables);
        conversation->ended_at = now;
        conversation->done_at = now + delay;
        conversation->body = m_recorder.body(line, talk);
        call->ended_at = now;
        call->duration = talk.duration;
        call->price = price_of_call(talk.duration, per_minute);
        save_call(db, *call);
        save_conversation(db, *conversation);
        return conversation;
    });
    if (!ended) return std::nullopt;
    return Json{{"conversation_id", ended->conversation_id}, {"post_call", m_recorder.tell(*ended)}};
}

void Telephone::record(Call const& call, int64_t started_at, int64_t duration)
{
    if (call.number_sid.empty()) return;
    CallRecord record{
        call.sid, "inbound", call.from, call.to, call.number_sid, started_at, {}, std::min(now_ms(), started_at + duration * 1000)};
    bool const was_answered = call.result["status"] == "answered";
    if (was_answered) record.answered_at = started_at;
    record.outcome = was_answered ? "completed" : "failed";
    record.duration = duration;
    record.price = price_of_call(duration, m_settings.number("price_minute"));
    m_state.note([&](Database& db) { save_call(db, record); });
}

Telephone::Call Telephone::ring(std::string const& from, std::string const& to)
{
    Call call;
    call.from = from.empty() ? withheld_caller : from;
    call.to = to;
    call.result = {{"call_sid", call.sid}, {"from", call.from}, {"to", to}, {"status", "failed"}, {"answered_by", nullptr},
        {"agent_id", nullptr}, {"agent_name", nullptr}, {"greeting", ""}, {"variables", Json::object()}, {"webhook", nullptr},
        {"reason", nullptr}, {"steps", Json::array()}};
    auto const number = m_state.look([&](Database& db) { return find_owned_by_number(db, to); });
    if (!number) {
        call.fail("The number you dialled is not in service");
        call.result["status"] = "not_in_service";
        return call;
    }
    call.number_sid = text_at(*number, "sid");
    call.step("Twilio knows " + national(to) + " as " + text_at(*number, "friendly_name"));
    bool const elsewhere = !number->at("trunk_sid").is_null() || !number->at("voice_application_sid").is_null();
    if (elsewhere)
        call.fail("The number is given to a trunk or an application, which nobody simulates");
    else if (is_elevenlabs_call_url(text_at(*number, "voice_url")))
        reach_agent(call);
    else
        reach_address(call, *number);
    return call;
}

void Telephone::reach_agent(Call& call)
{
    struct Found {
        std::optional<ImportedNumber> number;
        std::optional<Json> agent;
    };
    auto const found = m_state.look([&](Database& db) {
        auto number = find_imported_by_number(db, call.to);
        return Found{number, number ? find_agent(db, number->agent_id) : std::nullopt};
    });
    if (!found.number)
        return call.fail("Twilio sent the call to ElevenLabs, which has no such number: it was never imported, or deleted there");
    if (found.number->agent_id.empty() || !found.agent)
        return call.fail("ElevenLabs has the number as " + found.number->phone_number_id + ", but no agent answers it");
    auto const& agent = *found.agent;
    call.step("ElevenLabs: " + found.number->phone_number_id + " is answered by agent " + text_at(agent, "name"));
    call.result["agent_id"] = text_at(agent, "agent_id");
    call.result["agent_name"] = text_at(agent, "name");
    call.line = {"inbound", call.sid, random_id("conv_", 28), call.to, found.number->phone_number_id, call.from, text_at(agent, "agent_id"),
        text_at(agent, "name"), "", Json::object()};

    auto const speech = value_at(agent, {"conversation_config", "agent"});
    auto first_message = text_at(speech, "first_message");
    auto variables = value_at(speech, {"dynamic_variables", "dynamic_variable_placeholders"});
    if (!variables.is_object()) variables = Json::object();
    if (!ask_initiation_webhook(call, agent, variables, first_message)) return;
    call.result["variables"] = variables;
    call.line.variables = variables;

    auto needed = names_in(first_message);
    needed.merge(names_in(text_at(value_at(speech, {"prompt"}), "prompt")));
    std::erase_if(needed, [&](std::string const& name) { return variables.contains(name); });
    if (!needed.empty()) return call.fail("The agent's words use variables that have no value: " + listed(needed));

    Json const system{{"system__caller_id", call.from}, {"system__called_number", call.to}, {"system__call_sid", call.sid},
        {"system__agent_id", text_at(agent, "agent_id")}, {"system__time_utc", rfc3339(now_ms())}};
    call.result["greeting"] = spoken_words(first_message, variables, system);
    call.result["status"] = "answered";
    call.result["answered_by"] = "agent";
    call.step(text_at(agent, "name") + " answers");
}

bool Telephone::ask_initiation_webhook(Call& call, Json const& agent, Json& variables, std::string& first_message)
{
    auto const overrides = value_at(agent, {"platform_settings", "overrides"});
    if (value_at(overrides, {"enable_conversation_initiation_client_data_from_webhook"}) != true) {
        call.step("The agent does not ask an initiation webhook: its placeholders stand");
        return true;
    }
    WebRequest request;
    std::string unknown_secret;
    m_state.look([&](Database& db) {
        auto webhook = value_at(agent, {"platform_settings", "workspace_overrides", "conversation_initiation_client_data_webhook"});
        if (!webhook.is_object()) webhook = workspace_settings(db)["conversation_initiation_client_data_webhook"];
        if (!webhook.is_object()) return;
        request.url = text_at(webhook, "url");
        for (auto const& [name, value] : webhook["request_headers"].items()) {
            auto const secret_id = text_at(value, "secret_id");
            auto const secret = secret_id.empty() ? std::nullopt : find_secret(db, secret_id);
            if (!secret_id.empty() && !secret) unknown_secret = secret_id;
            request.headers.emplace_back(name, secret ? secret->value : spoken(value));
        }
    });
    auto const failed = [&](std::string const& reason) {
        if (m_settings.failed_initiation_drops_call()) {
            call.fail(reason);
            return false;
        }
        call.step(reason + ": the call goes on with the agent's placeholders");
        return true;
    };
    if (request.url.empty()) return failed("The agent wants an initiation webhook, but none is configured");
    if (!unknown_secret.empty()) return failed("The initiation webhook's header names secret " + unknown_secret + ", which does not exist");

    request.content_type = "application/json";
    request.patience = initiation_patience;
    request.body
        = to_text({{"caller_id", call.from}, {"agent_id", text_at(agent, "agent_id")}, {"called_number", call.to}, {"call_sid", call.sid}});
    auto const answer = send(request);
    call.result["webhook"] = {{"url", request.url}, {"status", answer.status}, {"ms", answer.took_ms}, {"error", answer.error}};
    if (answer.status == 0) return failed("The initiation webhook at " + request.url + " failed: " + answer.error);
    if (answer.status != 200) return failed("The initiation webhook answered " + std::to_string(answer.status) + " instead of 200");
    call.step("The initiation webhook answered in " + std::to_string(answer.took_ms) + " ms");
    auto const data = parse_json(answer.body);
    auto const given = data ? value_at(*data, {"dynamic_variables"}) : Json(nullptr);
    if (text_at(data.value_or(nullptr), "type") != "conversation_initiation_client_data")
        return failed("The initiation webhook's answer is not of type conversation_initiation_client_data");
    if (!given.is_object()) return failed("The initiation webhook's answer has no dynamic_variables");

    std::set<std::string> lacking;
    for (auto const& [name, placeholder] : variables.items()) {
        if (!given.contains(name)) lacking.insert(name);
    }
    if (!lacking.empty()) return failed("The initiation webhook's answer lacks variables that the agent defines: " + listed(lacking));
    for (auto const& [name, value] : given.items()) {
        if (!value.is_string() && !value.is_number() && !value.is_boolean())
            return failed("Variable " + name + " is neither text nor number nor true or false");
        if (name.starts_with("system__")) return failed("Variable " + name + " uses the reserved prefix system__");
    }
    auto const other_words = value_at(*data, {"conversation_config_override", "agent", "first_message"});
    if (!other_words.is_null() && value_at(overrides, {"conversation_config_override", "agent", "first_message"}) != true)
        return failed("The initiation webhook overrides first_message, which the agent does not allow");
    if (other_words.is_string()) first_message = other_words.get<std::string>();
    call.line.user_id = text_at(*data, "user_id");
    variables = given;
    return true;
}

void Telephone::reach_address(Call& call, Json const& number)
{
    auto const url = text_at(number, "voice_url");
    if (url.empty()) return call.fail("The number has no VoiceUrl: nobody answers");
    if (fetch_twiml(call, url, text_at(number, "voice_method"), {})) return;
    auto const fallback = text_at(number, "voice_fallback_url");
    if (fallback.empty()) return;
    call.step("Twilio asks the fallback address");
    fetch_twiml(call, fallback, text_at(number, "voice_fallback_method"), {{"ErrorCode", "11200"}, {"ErrorUrl", url}});
}

bool Telephone::fetch_twiml(Call& call, std::string const& configured_url, std::string const& method, Fields const& extra)
{
    if (configured_url.starts_with("https://demo.twilio.com/")) {
        call.fail("The number still points at Twilio's demonstration: nobody has configured it");
        return true;
    }
    Fields form{{"CallSid", call.sid}, {"AccountSid", account_sid}, {"From", call.from}, {"To", call.to}, {"Caller", call.from},
        {"Called", call.to}, {"CallStatus", "ringing"}, {"ApiVersion", "2010-04-01"}, {"Direction", "inbound"}};
    if (auto const known = area_codes().find(area_code_of(call.to)); known != area_codes().end()) {
        auto const& place = known->second.front();
        for (std::string const who : {"To", "Called"}) {
            form.emplace_back(who + "City", place.locality);
            form.emplace_back(who + "State", place.region);
            form.emplace_back(who + "Country", place.country);
            form.emplace_back(who + "Zip", "");
        }
    }
    form.insert(form.end(), extra.begin(), extra.end());

    auto const fetched = fetch({configured_url, method, form});
    auto const& answer = fetched.answer;
    call.result["webhook"] = fetched.attempts.back();
    auto const refuse = [&](std::string const& reason) {
        call.fail(reason);
        return false;
    };
    if (answer.status == 0) return refuse("11205: " + configured_url + " failed: " + answer.error);
    if (answer.status >= 400 || answer.status < 200)
        return refuse("11200: " + configured_url + " answered " + std::to_string(answer.status));
    if (answer.body.size() > longest_twiml) return refuse("11750: the answer is longer than 64 kB");
    auto const type = lower(answer.content_type.substr(0, answer.content_type.find(';')));
    if (type != "text/xml" && type != "application/xml") return refuse("12300: the answer is \"" + answer.content_type + "\", not XML");
    auto const verbs = read_twiml(answer.body);
    if (!verbs) return refuse("12100: the answer is not TwiML");

    std::string greeting;
    for (auto const& verb : *verbs) {
        if (verb.name == "Say")
            greeting += (greeting.empty() ? "" : " ") + verb.text;
        else if (verb.name == "Dial")
            call.step("Twilio forwards the call to " + verb.text);
        else
            call.step("Twilio does " + verb.name + (verb.text.empty() ? "" : " " + verb.text));
    }
    call.result["greeting"] = greeting;
    call.result["status"] = "answered";
    call.result["answered_by"] = "twiml";
    call.result["reason"] = nullptr;
    call.step("Answered in " + std::to_string(answer.took_ms) + " ms by " + configured_url);
    return true;
}

} // namespace simulator
