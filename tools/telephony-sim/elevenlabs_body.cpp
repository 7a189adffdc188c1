#include "tools/telephony-sim/elevenlabs_body.h"

#include <algorithm>

namespace simulator {

Answer elevenlabs_answer(int status, Json const& body)
{
    auto answer = json_answer(status, body);
    answer.headers = {{"x-request-id", random_hex("", 32)}};
    return answer;
}

Answer elevenlabs_refusal(ElevenLabsRefusal const& refusal)
{
    auto answer = elevenlabs_answer(refusal.status, nullptr);
    answer.body = to_text({{"detail",
        {{"type", refusal.type}, {"code", refusal.code}, {"message", refusal.message}, {"status", refusal.code},
            {"request_id", answer.headers.front().second}, {"param", nullptr}}}});
    return answer;
}

Body::Body(Request const& request)
{
    if (auto json = parse_json(request.body))
        m_json = std::move(*json);
    else
        m_problems.push_back({{"type", "json_invalid"}, {"loc", {"body", 0}}, {"msg", "JSON decode error"}, {"input", Json::object()}});
    if (m_problems.empty() && !m_json.is_object())
        complain("", "model_attributes_type", "Input should be a valid dictionary or object to extract fields from", m_json);
}

Json const* Body::at(char const* path) const
{
    Json const* found = &m_json;
    for (auto const& name : split(path, '.')) {
        if (!found->is_object() || !found->contains(name)) return nullptr;
        found = &(*found)[name];
    }
    return found;
}

std::string Body::text(char const* path) const
{
    auto const* value = at(path);
    return value && value->is_string() ? value->get<std::string>() : "";
}

void Body::complain(char const* path, std::string const& type, std::string const& message, Json const& input)
{
    Json where = Json::array({"body"});
    if (*path) {
        for (auto const& name : split(path, '.'))
            where.push_back(name);
    }
    m_problems.push_back({{"type", type}, {"loc", where}, {"msg", message}, {"input", input}});
}

void Body::missing(char const* path)
{
    if (!m_json.is_object()) return; // told already
    std::string const whole = path;
    auto const dot = whole.rfind('.');
    auto const* parent = dot == std::string::npos ? &m_json : at(whole.substr(0, dot).c_str());
    complain(path, "missing", "Field required", parent ? *parent : m_json);
}

void Body::needs_text(char const* path)
{
    auto const* value = at(path);
    if (!value)
        missing(path);
    else if (!value->is_string())
        complain(path, "string_type", "Input should be a valid string", *value);
}

void Body::may_have_text(char const* path)
{
    if (auto const* value = at(path); value && !value->is_null()) needs_text(path);
}

void Body::needs_flag(char const* path)
{
    auto const* value = at(path);
    if (!value)
        missing(path);
    else if (!value->is_boolean())
        complain(path, "bool_type", "Input should be a valid boolean", *value);
}

void Body::may_have_flag(char const* path)
{
    if (auto const* value = at(path); value && !value->is_null()) needs_flag(path);
}

void Body::may_have_object(char const* path)
{
    auto const* value = at(path);
    if (value && !value->is_null() && !value->is_object()) complain(path, "dict_type", "Input should be a valid dictionary", *value);
}

void Body::needs_choice(char const* path, std::vector<std::string> const& choices)
{
    auto const* value = at(path);
    if (!value) return missing(path);
    bool const known = value->is_string() && std::find(choices.begin(), choices.end(), value->get<std::string>()) != choices.end();
    if (!known) complain(path, "literal_error", "Input should be '" + choices.front() + "'", *value);
}

void Body::may_have_choices(char const* path, std::vector<std::string> const& choices)
{
    auto const* value = at(path);
    if (!value || value->is_null()) return;
    if (!value->is_array()) return complain(path, "list_type", "Input should be a valid list", *value);
    for (auto const& item : *value) {
        bool const known = item.is_string() && std::find(choices.begin(), choices.end(), item.get<std::string>()) != choices.end();
        if (!known) complain(path, "enum", "Input should be one of the known values", item);
    }
}

void Body::may_have_initiation_webhook(char const* path)
{
    auto const* webhook = at(path);
    if (!webhook || webhook->is_null()) return;
    std::string const whole = path;
    if (!webhook->is_object()) return complain(path, "dict_type", "Input should be a valid dictionary", *webhook);
    needs_text((whole + ".url").c_str());
    auto const headers_path = whole + ".request_headers";
    auto const* headers = at(headers_path.c_str());
    if (!headers) return missing(headers_path.c_str());
    if (!headers->is_object()) return complain(headers_path.c_str(), "dict_type", "Input should be a valid dictionary", *headers);
    for (auto const& header : *headers) {
        bool const valid = header.is_string() || !text_at(header, "secret_id").empty();
        if (!valid) complain(headers_path.c_str(), "string_type", "Input should be a valid string", header);
    }
}

void Body::knows(std::set<std::string> const& members)
{
    if (!m_json.is_object()) return;
    for (auto const& [name, value] : m_json.items()) {
        if (!members.contains(name)) m_unknown.push_back(name);
    }
}

std::optional<Answer> Body::refusal() const
{
    if (m_problems.empty()) return std::nullopt;
    return elevenlabs_answer(422, {{"detail", m_problems}});
}

} // namespace simulator
