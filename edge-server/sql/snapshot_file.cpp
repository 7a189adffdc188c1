#include "edge-server/sql/snapshot_file.h"
#include "edge-server/sql/sqlite_connection.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <unistd.h>

namespace sql {

namespace {

constexpr std::uint32_t application_id = 0x444C5331; // "DLS1"
constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};
constexpr std::size_t header_size = 100;

// A new file beside the target, gone unless it is put in the target's place.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string const& target) : m_target(target), m_path(target + ".XXXXXX")
    {
        int const descriptor = ::mkostemp(m_path.data(), O_CLOEXEC); // its owner's only
        if (descriptor < 0) throw Failure("cannot write beside " + target + ": " + std::strerror(errno));
        ::close(descriptor);
    }
    ~TemporaryFile()
    {
        ::unlink((m_path + "-journal").c_str());
        ::unlink(m_path.c_str());
    }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;

    std::string const& path() const { return m_path; }

    void put_in_place()
    {
        int const descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC);
        bool const on_disk = descriptor >= 0 && ::fsync(descriptor) == 0;
        if (descriptor >= 0) ::close(descriptor);
        if (!on_disk) throw Failure("cannot sync " + m_path);
        // Unlike std::filesystem::rename it never takes the place of a file that came meanwhile.
        if (::renameat2(AT_FDCWD, m_path.c_str(), AT_FDCWD, m_target.c_str(), RENAME_NOREPLACE) != 0)
            throw Failure("cannot write " + m_target + ": " + std::strerror(errno));
    }

private:
    std::string m_target;
    std::string m_path;
};

// file:… with what a URI gives another meaning escaped.
std::string uri_of(std::string const& path, char const* parameters)
{
    std::string uri = "file:";
    for (char const c : std::filesystem::absolute(path).string()) {
        if (c == '%' || c == '?' || c == '#') {
            char escaped[4];
            std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(c));
            uri += escaped;
        } else
            uri += c;
    }
    return uri + parameters;
}

std::string quoted(std::string const& name)
{
    return '"' + name + '"';
}

// The columns' names, each quoted, and what is selected for them.
struct Columns {
    std::string into;
    std::string from;
};

void add_columns(Columns& columns, std::string_view names, bool blank)
{
    while (!names.empty()) {
        auto const end = names.find(", ");
        auto const name = quoted(std::string(names.substr(0, end)));
        columns.into += (columns.into.empty() ? "" : ", ") + name;
        columns.from += (columns.from.empty() ? "" : ", ") + (blank ? std::string("''") : name);
        names = end == std::string_view::npos ? std::string_view() : names.substr(end + 2);
    }
}

bool is_kept(std::span<KeptTable const> tables, std::string const& name)
{
    for (auto const& table : tables)
        if (name == table.name) return true;
    return false;
}

void copy_kept(SqliteConnection& to, std::span<KeptTable const> tables)
{
    for (auto const& row : to.run("SELECT name, sql FROM source.sqlite_master WHERE type = 'table' AND sql IS NOT NULL"))
        if (is_kept(tables, row.text(0))) to.run_script(row.text(1).c_str());
    for (auto const& table : tables) {
        Columns columns;
        add_columns(columns, table.columns, false);
        add_columns(columns, table.blanked, true);
        auto const name = quoted(table.name);
        to.run_script(("INSERT INTO main." + name + " (" + columns.into + ") SELECT " + columns.from + " FROM source." + name).c_str());
    }
    // After the rows: each is built once, in order.
    for (auto const& row :
        to.run("SELECT type, tbl_name, sql FROM source.sqlite_master WHERE type IN ('index', 'view') AND sql IS NOT NULL"))
        if (row.text(0) == "view" || is_kept(tables, row.text(1))) to.run_script(row.text(2).c_str());
}

std::string header_of(std::string const& path)
{
    std::string header(header_size, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(header.data(), static_cast<std::streamsize>(header.size()));
    header.resize(static_cast<std::size_t>(file.gcount()));
    return header;
}

std::uint32_t big_endian_at(std::string_view bytes, std::size_t at, std::size_t size)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

// Before SQLite looks at it: what kind of file this is, and whether its end is there.
void check_file(std::string const& path)
{
    std::error_code problem;
    auto const status = std::filesystem::status(path, problem);
    if (!std::filesystem::exists(status)) throw Failure("there is no file " + path);
    if (std::filesystem::is_directory(status)) throw Failure(path + " is a folder, not a snapshot");
    if (::access(path.c_str(), R_OK) != 0) throw Failure("cannot read " + path + ": " + std::strerror(errno));
    auto const header = header_of(path);
    if (!header.starts_with(sqlite_magic)) throw Failure(path + " is not a Dealerline snapshot");
    if (header.size() < header_size) throw Failure(path + " is damaged or was cut short; copy it again");
    if (big_endian_at(header, 68, 4) != application_id)
        throw Failure(path + " is a database, not a Dealerline snapshot; make one with: dealerline-edge snapshot FILE");
    auto page_size = std::uint64_t{big_endian_at(header, 16, 2)};
    if (page_size == 1) page_size = 65536;
    if (std::filesystem::file_size(path) != page_size * big_endian_at(header, 28, 4))
        throw Failure(path + " is damaged or was cut short; copy it again");
}

bool is_whole(SqliteConnection& connection)
{
    auto const checked = connection.run("PRAGMA integrity_check");
    return checked.size() == 1 && checked.front().text(0) == "ok";
}

} // namespace

void write_snapshot(std::string const& address, std::string const& path, std::span<KeptTable const> tables, SnapshotMark const& mark)
{
    auto const from = path_of(address);
    if (!std::filesystem::exists(from)) throw Failure("there is no database " + from);
    if (std::filesystem::exists(std::filesystem::symlink_status(path))) throw Failure(path + " exists; name a new file");
    TemporaryFile file(path);
    {
        SqliteConnection to(file.path(), SqliteConnection::Mode::NewFile);
        auto const source = uri_of(from, "?mode=ro");
        to.run("ATTACH $1 AS source", {source});
        to.run("BEGIN"); // one state of the source, whatever is written to it meanwhile
        copy_kept(to, tables);
        to.run_script(
            "CREATE TABLE snapshot (made_at BIGINT NOT NULL, version TEXT NOT NULL, schema TEXT NOT NULL, simulated SMALLINT NOT NULL);"
            "PRAGMA application_id = 0x444C5331");
        to.run("INSERT INTO snapshot (made_at, version, schema, simulated) VALUES ($1, $2, $3, $4)",
            {mark.made_at, mark.version, mark.schema, mark.simulated});
        to.run("COMMIT");
        to.run("DETACH source");
        if (!is_whole(to)) throw Failure("the snapshot is damaged; is the disk well?");
    }
    file.put_in_place();
}

OpenSnapshot open_snapshot(std::string const& path, std::string const& schema)
{
    check_file(path);
    auto const damaged = path + " is damaged or was cut short; copy it again";
    OpenSnapshot opened;
    try {
        auto connection = std::make_unique<SqliteConnection>(uri_of(path, "?immutable=1"), SqliteConnection::Mode::ReadOnly);
        if (!is_whole(*connection)) throw Failure(damaged);
        auto const rows = connection->run("SELECT made_at, version, schema, simulated FROM snapshot");
        if (rows.size() != 1) throw Failure(damaged);
        auto const& row = rows.front();
        opened = {std::move(connection), {row.time(0), row.text(1), row.text(2), row.flag(3)}};
    } catch (std::exception const&) {
        throw Failure(damaged); // whatever SQLite stumbled over, it comes to this
    }
    auto const& made_with = opened.mark;
    if (made_with.schema > schema)
        throw Failure(path + " was made by a newer version of Dealerline (" + made_with.version + "); open it with that version");
    if (made_with.schema < schema)
        throw Failure(path + " was made by an older version of Dealerline (" + made_with.version + "); make a new one");
    return opened;
}

} // namespace sql
