#include "tools/telephony-sim/message.h"

namespace simulator {

std::vector<std::string> Request::segments() const
{
    auto parts = split(std::string_view(path).substr(path.starts_with('/') ? 1 : 0), '/');
    for (auto& part : parts)
        part = percent_decoded(part);
    return parts;
}

Fields Request::form_fields() const
{
    if (!content_type.starts_with("application/x-www-form-urlencoded")) return {};
    return decoded_form(body);
}

Answer json_answer(int status, Json const& body)
{
    Answer answer;
    answer.status = status;
    answer.body = to_text(body);
    return answer;
}

} // namespace simulator
