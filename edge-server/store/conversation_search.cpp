#include "edge-server/store/conversation_search.h"

#include <algorithm>

namespace {

constexpr std::size_t most_words = 12;
constexpr std::int64_t most_parts = 4096; // of a conversation; a webhook's largest body has 1024

std::string tenant_token(std::string const& organization_id)
{
    std::string token = "t" + organization_id;
    std::erase(token, '-');
    return token;
}

// Letters, digits and everything that is not ASCII; the index splits the rest the same way.
bool is_word_byte(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::vector<std::string> words_in(std::string const& text)
{
    std::vector<std::string> words;
    std::string word;
    for (char const c : text + ' ') {
        if (is_word_byte(c)) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
        if (words.size() == most_words) break;
    }
    return words;
}

bool is_number(std::string const& text)
{
    return text.find_first_not_of("0123456789+-(). ") == std::string::npos;
}

std::string digits_in(std::string const& text)
{
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

// In the index's own language; every word is quoted, so that nothing typed is an operator.
std::string question(std::string const& typed, std::vector<std::string> const& organizations)
{
    auto const words = is_number(typed) ? std::vector{digits_in(typed)} : words_in(typed);
    std::string text;
    for (auto const& word : words)
        if (!word.empty()) text += (text.empty() ? "words : (\"" : " AND \"") + word + (&word == &words.back() ? "\" *" : "\"");
    if (text.empty()) return {};
    text += ')';
    std::string tenants;
    for (auto const& id : organizations)
        tenants += (tenants.empty() ? "tenant : (" : " OR ") + tenant_token(id);
    return tenants.empty() ? text : '(' + tenants + ")) AND (" + text + ')';
}

} // namespace

void index_words(sql::Writer& db, std::int64_t row, int part, std::string const& organization_id, std::string const& conversation_id,
    std::string const& words)
{
    auto const first_of_parts = -row * most_parts; // below zero, where no first part is
    if (part == 0)
        db.run("DELETE FROM conversation_words WHERE rowid = $1 OR rowid BETWEEN $2 AND $3",
            {row, first_of_parts - most_parts + 1, first_of_parts - 1});
    db.run("INSERT INTO conversation_words (rowid, conversation_id, tenant, words) VALUES ($1, $2, $3, $4)",
        {part == 0 ? row : first_of_parts - part, conversation_id, tenant_token(organization_id), words});
}

std::vector<FoundWords> search_words(
    sql::Reader& db, std::string const& words, std::vector<std::string> const& organizations, Time before, std::string before_id, int limit)
{
    std::vector<FoundWords> found;
    auto const asked = question(words, organizations);
    if (asked.empty()) return found;
    while (found.size() < static_cast<std::size_t>(limit)) {
        auto const wanted = 4 * (limit - static_cast<int>(found.size())); // several parts of one may say it
        auto const rows = db.run(R"(
            SELECT w.conversation_id, snippet(conversation_words, 2, '', '', '…', 16), c.started_at
            FROM conversation_words w JOIN conversations c ON c.id = w.conversation_id
            WHERE conversation_words MATCH $1 AND (c.started_at, c.id) < ($2, $3)
            ORDER BY c.started_at DESC, c.id DESC, w.rowid DESC LIMIT $4)",
            {asked, before, before_id, wanted});
        for (auto const& row : rows) {
            if (!found.empty() && found.back().conversation_id == row.text(0)) continue;
            if (found.size() == static_cast<std::size_t>(limit)) break;
            found.push_back({row.text(0), row.text(1)});
        }
        if (rows.size() < static_cast<std::size_t>(wanted)) break;
        before = rows.back().time(2);
        before_id = rows.back().text(0);
    }
    return found;
}
