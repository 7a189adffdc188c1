#include "tools/telephony-sim/controls.h"

#include "tools/telephony-sim/elevenlabs_signature.h"
#include "tools/telephony-sim/fault_kinds.h"
#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/ledger.h"
#include "tools/telephony-sim/message_book.h"
#include "tools/telephony-sim/tampering.h"
#include "tools/telephony-sim/twilio_signature.h"
#include "tools/telephony-sim/workspace_book.h"

#include <algorithm>
#include <charconv>

namespace simulator {

namespace {

constexpr int64_t most_entries = 10'000;
constexpr int most_media = 10;
constexpr size_t longest_text = 1600;

Answer refused(int status, std::string const& message)
{
    return json_answer(status, {{"error", message}});
}

int64_t number_in(Fields const& query, char const* name, int64_t otherwise)
{
    auto const text = field(query, name);
    int64_t value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

std::string without_separators(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.'; });
    return text;
}

bool is_short_code(std::string const& text)
{
    return (text.size() == 5 || text.size() == 6) && text.find_first_not_of("0123456789") == std::string::npos;
}

} // namespace

Answer Controls::handle(Request const& request)
{
    // A page of another origin must not operate the simulator through its visitor's browser.
    if (request.fetch_site == "cross-site" || request.fetch_site == "same-site")
        return refused(403, "Only the simulator's own page may do this");
    auto const asked = request.method + " " + request.path;
    if (asked == "GET /sim/ledger") {
        bool const has_traffic = field(request.query_fields(), "only") != "numbers";
        return json_answer(200, m_state.look([&](Database& db) { return ledger(db, now_ms(), has_traffic); }));
    }
    if (asked == "GET /sim/journal") return entries(request);
    if (asked == "GET /sim/webhooks") return webhooks(request);
    if (asked == "GET /sim/settings") return json_answer(200, m_settings.all());
    if (asked == "GET /sim/workspace") return workspace();
    if (asked == "POST /sim/settings") return change_settings(request);
    if (asked == "POST /sim/inventory") return limit_inventory(request);
    if (asked == "POST /sim/calls") return call(request);
    if (asked == "POST /sim/sign") return sign(request);
    if (asked == "POST /sim/calls/start") return start_call(request);
    if (asked.starts_with("POST /sim/calls/")) return in_call(request);
    if (asked == "POST /sim/messages") return text(request);
    if (asked == "GET /sim/messages") return thread(request);
    if (asked == "GET /sim/faults") return armed_faults();
    if (asked == "POST /sim/faults") return arm(request);
    if (asked == "DELETE /sim/faults") {
        m_faults.disarm_all();
        return armed_faults();
    }
    if (asked.starts_with("POST /sim/numbers")) return change_number(request);
    if (asked.starts_with("POST /sim/records/")) return change_record(request);
    if (asked == "POST /sim/reset") return reset();
    return refused(404, "No such control: " + asked);
}

Answer Controls::entries(Request const& request) const
{
    auto const query = request.query_fields();
    auto const limit = std::clamp<int64_t>(number_in(query, "limit", most_entries), 1, most_entries);
    return json_answer(200, m_journal.entries_after(number_in(query, "after", 0), limit));
}

Answer Controls::webhooks(Request const& request) const
{
    auto const query = request.query_fields();
    auto const limit = std::clamp<int64_t>(number_in(query, "limit", most_entries), 1, most_entries);
    return json_answer(200, m_courier.entries_after(number_in(query, "after", 0), limit));
}

Answer Controls::workspace()
{
    return json_answer(200, m_state.look([](Database& db) {
        Json out{{"settings", workspace_settings(db)}, {"agents", list_agents(db)}, {"webhooks", list_webhooks(db)},
            {"phone_numbers", Json::array()}, {"secrets", Json::array()}};
        for (auto const& number : list_imported(db))
            out["phone_numbers"].push_back(described(db, number));
        for (auto const& secret : list_secrets(db))
            out["secrets"].push_back({{"secret_id", secret.secret_id}, {"name", secret.name}, {"value", secret.value}});
        return out;
    }));
}

Answer Controls::reset()
{
    m_state.forget_everything();
    m_settings.forget();
    m_state.change([](Database& db) { prepare_workspace(db); });
    return json_answer(200, {{"reset", true}});
}

Answer Controls::change_settings(Request const& request)
{
    auto const patch = parse_json(request.body);
    auto const problem = patch ? m_settings.change(*patch) : "the body is not JSON";
    return problem.empty() ? json_answer(200, m_settings.all()) : refused(400, problem);
}

Answer Controls::limit_inventory(Request const& request)
{
    auto const body = parse_json(request.body);
    if (!body || !body->is_object() || !body->contains("numbers")) return refused(400, "area_code and numbers are needed");
    auto const area_code = text_at(*body, "area_code");
    auto const problem = m_state.change([&](Database& db) { return Inventory::limit(db, area_code, (*body)["numbers"]); });
    if (!problem.empty()) return refused(400, problem);
    return json_answer(200, {{"area_code", area_code}, {"numbers", (*body)["numbers"]}});
}

Answer Controls::armed_faults() const
{
    return json_answer(200, {{"faults", m_faults.list()}, {"operations", operation_names()}});
}

Answer Controls::arm(Request const& request)
{
    auto const wanted = parse_json(request.body);
    if (!wanted) return refused(400, "the body is not JSON");
    auto const armed = m_faults.arm(*wanted);
    if (auto const* problem = std::get_if<std::string>(&armed)) return refused(400, *problem);
    return json_answer(200, std::get<Json>(armed));
}

// /sim/numbers, or /sim/numbers/{E.164} for one that is there.
Answer Controls::change_number(Request const& request)
{
    auto const body = parse_json(request.body);
    if (!body) return refused(400, "the body is not JSON");
    auto const segments = request.segments();
    if (segments.size() == 2 && segments[1] == "numbers") return add_number(m_state, *body);
    if (segments.size() == 3 && segments[1] == "numbers") return tamper_with_number(m_state, segments[2], *body);
    return refused(404, "No such control: " + request.method + " " + request.path);
}

Answer Controls::call(Request const& request)
{
    auto const body = parse_json(request.body);
    if (!body || !body->is_object()) return refused(400, "from and to are needed");
    auto const to = without_separators(text_at(*body, "to"));
    if (!is_e164(to)) return refused(400, "to must be a whole number with its country, like +16045550123");
    auto const from = text_at(*body, "from");
    if (!body->contains("conversation")) return json_answer(200, m_telephone.call(from, to));
    auto const talk = read_talk((*body)["conversation"]);
    if (auto const* problem = std::get_if<std::string>(&talk)) return refused(400, *problem);
    return json_answer(200, m_telephone.call(from, to, std::get<Talk>(talk)));
}

Answer Controls::start_call(Request const& request)
{
    auto const body = parse_json(request.body);
    if (!body || !body->is_object()) return refused(400, "from and to are needed");
    auto const to = without_separators(text_at(*body, "to"));
    if (!is_e164(to)) return refused(400, "to must be a whole number with its country, like +16045550123");
    return json_answer(200, m_telephone.start(text_at(*body, "from"), to));
}

// /sim/calls/{call_sid}/say or /hang-up
Answer Controls::in_call(Request const& request)
{
    auto const segments = request.segments();
    auto const deed = segments.size() == 4 ? segments[3] : "";
    if (deed != "say" && deed != "hang-up") return refused(404, "No such control: " + request.method + " " + request.path);
    std::optional<Json> done;
    if (deed == "hang-up") {
        done = m_telephone.hang_up(segments[2]);
    } else {
        auto const words = trimmed(text_at(parse_json(request.body).value_or(nullptr), "text"));
        if (words.empty() || characters(words) > longest_text) return refused(400, "text must be 1 to 1600 characters");
        done = m_telephone.say(segments[2], words);
    }
    return done ? json_answer(200, *done) : refused(404, "No such call is going on");
}

Answer Controls::text(Request const& request)
{
    auto const body = parse_json(request.body);
    if (!body || !body->is_object()) return refused(400, "from, to and body are needed");
    auto const from = without_separators(text_at(*body, "from"));
    auto const to = without_separators(text_at(*body, "to"));
    auto const words = text_at(*body, "body");
    auto const media = body->value("media", Json(0));
    auto const sent = body->value("date_sent", Json(nullptr));
    if (!is_e164(to)) return refused(400, "to must be a whole number with its country, like +16045550123");
    if (!is_e164(from) && !is_short_code(from)) return refused(400, "from must be a whole number, or a short code like 72345");
    if (!media.is_number_integer() || media < 0 || media > most_media) return refused(400, "media must be how many pictures, up to 10");
    if (words.empty() && media == 0) return refused(400, "body or media is needed");
    if (characters(words) > longest_text) return refused(400, "body is longer than 1600 characters");
    if (!sent.is_null() && !sent.is_number_integer()) return refused(400, "date_sent must be Unix seconds");
    auto const sent_at = sent.is_null() ? std::nullopt : std::optional(sent.get<int64_t>() * 1000);
    return json_answer(200, m_texting.receive(from, to, words, media.get<int64_t>(), sent_at));
}

// What a customer's telephone shows: ?number= of a dealership &with= the customer's own.
Answer Controls::thread(Request const& request) const
{
    auto const query = request.query_fields();
    auto const number = field(query, "number").value_or("");
    auto const customer = field(query, "with").value_or("");
    auto const now = now_ms();
    auto const messages = m_state.look([&](Database& db) {
        Json list = Json::array();
        for (auto const& message : messages_between(db, number, customer)) {
            bool const arrived = message.direction == "inbound" || (status_of(message, now) == "delivered");
            list.push_back({{"sid", message.sid}, {"from", message.from}, {"to", message.to}, {"body", message.body},
                {"media", message.media}, {"segments", message.segments}, {"status", status_of(message, now)}, {"arrived", arrived},
                {"at", rfc3339(message.sent_at.value_or(message.created_at))}});
        }
        return list;
    });
    return json_answer(200, {{"messages", messages}});
}

// /sim/records/{the SID of a call or a text}
Answer Controls::change_record(Request const& request)
{
    auto const change = parse_json(request.body);
    if (!change) return refused(400, "the body is not JSON");
    auto const sid = request.segments().back();
    auto const problem = m_state.change([&](Database& db) { return simulator::change_record(db, sid, *change); });
    return problem.empty() ? json_answer(200, {{"changed", sid}}) : refused(400, problem);
}

// What the vendors would sign a request with: {token, url, params} as Twilio, {secret, t, body} as ElevenLabs.
Answer Controls::sign(Request const& request)
{
    auto const wanted = parse_json(request.body);
    if (!wanted || !wanted->is_object()) return refused(400, "token, url and params, or secret, t and body are needed");
    if (wanted->contains("secret") && wanted->value("t", Json()).is_number_integer())
        return json_answer(200,
            {{"signature", elevenlabs_signature(text_at(*wanted, "secret"), (*wanted)["t"].get<int64_t>(), text_at(*wanted, "body"))}});
    Fields form;
    auto const params = wanted->value("params", Json::object());
    for (auto const& [name, value] : params.items()) {
        for (auto const& each : value.is_array() ? value : Json::array({value}))
            form.emplace_back(name, each.is_string() ? each.get<std::string>() : to_text(each));
    }
    return json_answer(200, {{"signature", twilio_signature(text_at(*wanted, "token"), text_at(*wanted, "url"), form)}});
}

} // namespace simulator
