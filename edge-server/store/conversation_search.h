#pragma once

#include "edge-server/sql/database.h"

#include <string>
#include <vector>

// Full text of conversations, by SQLite's FTS5; this file and its .cpp are all that another engine's search replaces.

// `part` 0 replaces all that was there, later ones add to it. A search for several words finds them within one part.
void index_words(sql::Writer& db, std::int64_t row, int part, std::string const& organization_id, std::string const& conversation_id,
    std::string const& words);

struct FoundWords {
    std::string conversation_id;
    std::string excerpt;
};
// `organizations`: whose words may be searched; empty: everyone's. Every word must be there, the last one may be a beginning. Newest first.
std::vector<FoundWords> search_words(sql::Reader& db, std::string const& words, std::vector<std::string> const& organizations, Time before,
    std::string before_id, int limit);
