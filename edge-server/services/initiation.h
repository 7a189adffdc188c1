#pragma once

#include "edge-server/providers/provider_health.h"
#include "edge-server/sql/database.h"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

// What ElevenLabs asks while the phone rings: who was called, who calls, what was said last. Never refuses and never waits long.
class Initiation {
public:
    Initiation(sql::Database& database, std::string default_name);

    // The JSON answer to the request's body, whatever that is. The call is recorded on disk, or waited for 250 ms.
    std::string answer(std::string_view body);
    ProviderHealth const& health() const { return m_health; }

private:
    // `problem`: why it is not as good as it should be; '' when all went well.
    std::string find_answer(std::string_view body, std::string& problem);
    std::string remembered_name(std::string const& called_number);
    void remember_name(std::string const& called_number, std::string const& name);

    sql::Database& m_database;
    std::string const m_default_name;
    ProviderHealth m_health;
    std::mutex m_mutex;
    std::unordered_map<std::string, std::string> m_names; // number -> dealership, for when the database cannot be read
};
