#pragma once

#include "tools/telephony-sim/message.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simulator {

struct ElevenLabsRefusal {
    int status = 400;
    std::string type;
    std::string code;
    std::string message;
};

Answer elevenlabs_answer(int status, Json const& body);
Answer elevenlabs_refusal(ElevenLabsRefusal const& refusal);

// Reads a request body the way the vendor's validation does: every broken rule is collected, then all are told at once,
// with the input echoed. Unknown members are no problem there, but end up in the journal.
class Body {
public:
    explicit Body(Request const& request);

    Json const& json() const { return m_json; }
    Json const* at(char const* path) const; // "settings.name"; null if it is not there
    std::string text(char const* path) const;

    void needs_text(char const* path);
    void may_have_text(char const* path); // text or null
    void needs_flag(char const* path);
    void may_have_flag(char const* path); // true, false or null
    void may_have_object(char const* path); // object or null
    void needs_choice(char const* path, std::vector<std::string> const& choices);
    void may_have_choices(char const* path, std::vector<std::string> const& choices); // a list of them
    // An initiation webhook: null, or `url` and `request_headers`.
    void may_have_initiation_webhook(char const* path);
    void knows(std::set<std::string> const& members);

    std::optional<Answer> refusal() const; // the 422, if any rule was broken
    std::vector<std::string> const& unknown() const { return m_unknown; }

private:
    void complain(char const* path, std::string const& type, std::string const& message, Json const& input);
    void missing(char const* path);

    Json m_json;
    Json m_problems = Json::array();
    std::vector<std::string> m_unknown;
};

} // namespace simulator
