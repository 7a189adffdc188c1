#pragma once

#include "edge-server/app.h"

#include <filesystem>
#include <memory>
#include <string>

// A folder that is gone when the test ends.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    std::string path(std::string const& name) const { return (m_path / name).string(); }

private:
    std::filesystem::path m_path;
};

// A real database on disk with every migration.
struct FreshDatabase {
    TemporaryFolder folder;
    std::unique_ptr<sql::Database> database = open_migrated("sqlite:" + folder.path("test.db"));
    sql::Database* operator->() { return database.get(); }
    sql::Database& operator*() { return *database; }
};

// One organisation with an active number, as a builder for tests.
struct TestLine {
    std::string organization_id;
    std::string phone_number;
};
TestLine add_line(sql::Database& database, std::string const& name, std::string const& phone_number);
