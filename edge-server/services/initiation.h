#pragma once

#include "edge-server/providers/provider_health.h"
#include "edge-server/sql/database.h"
#include "shared/domain/conversation.h"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// What Jack is told when the dealership calls a lead, in the order in which it is shown. `reason`: what the call is about, in words.
NamedValues outbound_variables(sql::Reader& db, std::string const& organization_id, std::string const& organization_name,
    std::string const& lead_id, std::string const& reason);

// What ElevenLabs asks while the phone rings: who was called, who calls, what was said last. Never refuses and never waits long.
class Initiation {
public:
    Initiation(sql::Database& database, std::string default_name);

    // The JSON answer to the request's body, whatever that is. The call is recorded on disk, or waited for 250 ms.
    std::string answer(std::string_view body);
    ProviderHealth const& health() const { return m_health; }

    // Consoles hear of the calls that were recorded since the last time, a moment after them: the answer to a call does not wait for that.
    // `f` is called when there is a first one.
    void tell_begun();
    bool has_begun();
    void on_begun(std::function<void()> f) { m_on_begun = std::move(f); }

private:
    // `problem`: why it is not as good as it should be; '' when all went well.
    std::string find_answer(std::string_view body, std::string& problem);
    std::string remembered_name(std::string const& called_number);
    void remember_name(std::string const& called_number, std::string const& name);
    struct Begun {
        std::string organization_id;
        std::string conversation_id;
    };
    void note_begun(Begun begun);

    sql::Database& m_database;
    std::string const m_default_name;
    ProviderHealth m_health;
    std::mutex m_mutex;
    std::vector<Begun> m_begun;
    std::function<void()> m_on_begun;
    std::unordered_map<std::string, std::string> m_names; // number -> dealership, for when the database cannot be read
};
