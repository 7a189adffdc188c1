#pragma once

#include "edge-server/sql/snapshot_file.h"

#include <span>
#include <string>
#include <string_view>

// A file for review of a whole installation, and reading it without a server. The native console includes this page only.

// What a snapshot has. Each table is decided: kept here, or named in `left_out`; one that is in neither stays out.
std::span<sql::KeptTable const> kept_in_snapshots();
std::span<std::string_view const> left_out_of_snapshots();

void make_snapshot(std::string const& database, std::string const& path, bool simulated);

class Snapshot {
public:
    // Throws with one clear sentence when the file is no snapshot, is damaged, or was made by another version.
    explicit Snapshot(std::string const& path);

    struct Answer {
        int status;
        std::string body; // JSON
    };
    // What the API would answer a platform viewer; `target` is a path with its query. Used by one thread at a time.
    Answer answer(std::string_view method, std::string_view target);

private:
    sql::OpenSnapshot m_file;
};
