#include "tools/telephony-sim/tampering.h"

#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/workspace_book.h"

#include <algorithm>
#include <array>

namespace simulator {

namespace {

constexpr size_t longest_friendly_name = 64;
constexpr std::array addresses{"sms_url", "sms_fallback_url", "voice_url", "voice_fallback_url"};

Answer refused(int status, std::string const& message)
{
    return json_answer(status, {{"error", message}});
}

bool is_address(std::string const& name)
{
    return std::find(addresses.begin(), addresses.end(), name) != addresses.end();
}

bool is_friendly_name(Json const& value)
{
    return value.is_string() && !value.get<std::string>().empty() && characters(value.get<std::string>()) <= longest_friendly_name;
}

std::string problem_with(Json const& body)
{
    if (!body.is_object() || body.empty()) return "the body must be a JSON object that says what to change";
    for (auto const& [name, value] : body.items()) {
        if (name == "friendly_name") {
            if (!is_friendly_name(value)) return "friendly_name must be 1 to 64 characters";
        } else if (is_address(name) || name == "agent_id") {
            if (!value.is_string() && !value.is_null()) return name + " must be a text or null";
        } else if (name == "imported") {
            if (value != false && value != "again") return "imported must be false or again";
        } else if (name == "texts") {
            if (!value.is_boolean()) return "texts must be true or false";
        } else if (name == "released") {
            if (value != true) return "released must be true";
        } else {
            return "unknown member \"" + name + "\"";
        }
    }
    return "";
}

void change_imports(Database& db, std::string const& phone_number, Json const& body)
{
    auto imported = find_imported_by_number(db, phone_number);
    if (imported && body.contains("agent_id")) {
        imported->agent_id = text_at(body, "agent_id");
        save_imported(db, *imported, account_sid);
    }
    if (!body.contains("imported")) return;
    if (body["imported"] == "again") {
        save_imported(db,
            {random_id("phnum_", 28), phone_number, imported ? imported->label : phone_number, imported ? imported->agent_id : ""},
            account_sid);
        return;
    }
    for (; imported; imported = find_imported_by_number(db, phone_number))
        delete_imported(db, imported->phone_number_id);
}

} // namespace

Answer add_number(State& state, Json const& body)
{
    auto const phone_number = text_at(body, "phone_number");
    if (!area_codes().contains(area_code_of(phone_number)))
        return refused(400, "phone_number must be a whole number of an area code in use");
    if (body.contains("friendly_name") && !is_friendly_name(body["friendly_name"]))
        return refused(400, "friendly_name must be 1 to 64 characters");
    return state.change([&](Database& db) {
        if (find_owned_by_number(db, phone_number)) return refused(409, phone_number + " is owned already");
        Offer offer;
        offer.phone_number = phone_number;
        auto number = fresh_number(offer);
        if (body.contains("friendly_name")) number["friendly_name"] = body["friendly_name"];
        record_sale(db, number);
        return json_answer(200, number);
    });
}

Answer tamper_with_number(State& state, std::string const& phone_number, Json const& body)
{
    if (auto const problem = problem_with(body); !problem.empty()) return refused(400, problem);
    return state.change([&](Database& db) {
        auto number = find_owned_by_number(db, phone_number);
        auto const agent_id = text_at(body, "agent_id");
        for (auto const& [name, value] : body.items()) {
            bool const is_import = name == "agent_id" || name == "imported";
            if (!is_import && !number) return refused(404, name + ": no account owns " + phone_number);
        }
        if (body.contains("agent_id") && !find_imported_by_number(db, phone_number))
            return refused(404, "agent_id: " + phone_number + " is not imported");
        if (!agent_id.empty() && !has_agent(db, agent_id)) return refused(404, "agent_id: there is no agent " + agent_id);
        if (number) {
            bool changed = false;
            for (auto const& [name, value] : body.items()) {
                if (name == "texts")
                    (*number)["capabilities"]["sms"] = value;
                else if (name == "friendly_name" || is_address(name))
                    (*number)[name] = value;
                else
                    continue;
                changed = true;
            }
            if (changed) update_owned(db, *number);
        }
        change_imports(db, phone_number, body);
        if (body.contains("released")) {
            release_owned(db, text_at(*number, "sid"));
            number.reset();
        }
        Json imports = Json::array();
        for (auto const& each : list_imported(db)) {
            if (each.phone_number == phone_number) imports.push_back(described(db, each));
        }
        return json_answer(200, {{"number", number ? *number : Json(nullptr)}, {"imports", imports}});
    });
}

} // namespace simulator
