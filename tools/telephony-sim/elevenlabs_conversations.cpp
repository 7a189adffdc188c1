#include "tools/telephony-sim/conversation_book.h"
#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/elevenlabs_body.h"

#include <algorithm>
#include <charconv>

namespace simulator {

namespace {

constexpr int default_page = 30;
constexpr int largest_page = 100;

ElevenLabsRefusal no_such_conversation(std::string const& id)
{
    return {404, "not_found", "conversation_not_found", "Conversation with id " + id + " not found"};
}

} // namespace

Answer ElevenLabsApi::list_conversation_summaries(Request const& request)
{
    auto const query = request.query_fields();
    auto const asked = field(query, "page_size").value_or("");
    int size = default_page;
    std::from_chars(asked.data(), asked.data() + asked.size(), size);
    if (size < 1 || size > largest_page)
        return elevenlabs_answer(422,
            {{"detail",
                {{{"type", size < 1 ? "greater_than_equal" : "less_than_equal"}, {"loc", {"query", "page_size"}},
                    {"msg", "Input should be from 1 to 100"}, {"input", asked}}}}});
    auto const page = m_state.look([&](Database& db) { return list_conversations(db, query, static_cast<size_t>(size), now_ms()); });
    bool const has_more = !page.next_cursor.empty();
    return elevenlabs_answer(200,
        {{"conversations", page.summaries}, {"next_cursor", has_more ? Json(page.next_cursor) : Json(nullptr)}, {"has_more", has_more}});
}

Answer ElevenLabsApi::get_conversation(std::string const& id)
{
    auto const found = m_state.look([&](Database& db) { return find_conversation(db, id); });
    return found ? elevenlabs_answer(200, told_now(*found, now_ms())) : elevenlabs_refusal(no_such_conversation(id));
}

Answer ElevenLabsApi::remove_conversation(std::string const& id)
{
    if (!m_state.change([&](Database& db) { return delete_conversation(db, id); })) return elevenlabs_refusal(no_such_conversation(id));
    return elevenlabs_answer(200, Json::object());
}

} // namespace simulator
