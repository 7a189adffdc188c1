#include "tests/support/temporary.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/id.h"

TemporaryFolder::TemporaryFolder() : m_path(std::filesystem::temp_directory_path() / ("dealerline-" + new_id()))
{
    std::filesystem::create_directories(m_path);
}

TemporaryFolder::~TemporaryFolder()
{
    std::filesystem::remove_all(m_path);
}

TestLine add_line(sql::Database& database, std::string const& name, std::string const& phone_number)
{
    TestLine const line{new_id(), phone_number};
    database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        insert_organization(
            db, {line.organization_id, name, "slug-" + line.organization_id, "a@example.com", "", "America/Vancouver", "open", now()});
        PhoneNumber const number{new_id(), line.organization_id, phone_number, "active", {}, true, "ready", {}, "PN" + new_id(), "AC1",
            "phnum_1", "agent_1", {}, now(), {}};
        insert_phone_number(db, number);
    });
    return line;
}
