#pragma once

#include "edge-server/providers/provider_client.h"
#include "edge-server/sql/database.h"

#include <map>
#include <string>
#include <vector>

// Tells a human when a provider does not answer for a while, and takes it back when it does. Runs wait and go on by themselves.
class Outages {
public:
    Outages(sql::Database& database, std::vector<ProviderClient const*> providers);

    void look();

private:
    sql::Database& m_database;
    std::vector<ProviderClient const*> m_providers;
    std::map<std::string, bool> m_told; // what the notifications say already
};
