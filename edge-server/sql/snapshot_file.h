#pragma once

#include "edge-server/sql/database.h"

#include <memory>
#include <span>
#include <string>

namespace sql {

// What of one table goes into a snapshot. Everything that no list names stays out: its columns, and whole tables.
struct KeptTable {
    char const* name;
    char const* columns; // copied, separated by ", "
    char const* blanked = ""; // must not leave, and may not be null: '' in the snapshot
};

// What a snapshot says of itself.
struct SnapshotMark {
    Time made_at;
    std::string version; // of the program
    std::string schema; // the last migration of the database
    bool simulated = false;
};

// Copies what is kept of a database, also while a server is using it, to a new file. What is not kept never reaches that file.
// Throws Failure with one clear sentence, also when `path` exists; leaves no file behind then.
void write_snapshot(std::string const& address, std::string const& path, std::span<KeptTable const> tables, SnapshotMark const& mark);

// Read-only and immutable. Throws Failure with one clear sentence: not there, no snapshot, damaged, or made by another version.
struct OpenSnapshot {
    std::unique_ptr<Reader> reader;
    SnapshotMark mark;
};
OpenSnapshot open_snapshot(std::string const& path, std::string const& schema);

} // namespace sql
