#pragma once

#include "edge-server/providers/provider_client.h"
#include "edge-server/sql/database.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

// Tells a human when a provider does not answer for a while or refuses our credentials, and takes it back when it does not any more.
class Outages {
public:
    Outages(sql::Database& database, std::vector<ProviderClient const*> providers);

    void look();

private:
    void tell(char const* type, ProviderClient const& provider, bool is_so, std::string message, std::string cause, std::string next_step);

    sql::Database& m_database;
    std::vector<ProviderClient const*> m_providers;
    std::map<std::pair<std::string, std::string>, bool> m_told; // by type and provider: what the notifications say already
};
