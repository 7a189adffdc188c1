#include "edge-server/sql/group_writer.h"
#include "edge-server/sql/warm_up.h"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace sql {

namespace {

// Keeps a second server off the same file. A file of its own: closing any descriptor of the database would drop SQLite's locks.
class FileLock {
public:
    explicit FileLock(std::string const& database_path)
    {
        auto const path = database_path + ".lock";
        m_descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_descriptor < 0) throw Failure("cannot create " + path + ": " + std::strerror(errno));
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
            ::close(m_descriptor);
            throw Failure("another server already uses " + database_path);
        }
    }
    ~FileLock() { ::close(m_descriptor); }
    FileLock(FileLock const&) = delete;
    FileLock& operator=(FileLock const&) = delete;

private:
    int m_descriptor;
};

constexpr int pages_at_once = 256; // 1 MB of a copy
constexpr std::chrono::milliseconds between_pieces{2};

// What others have written to a file, brought to the disk.
class DiskSync {
public:
    explicit DiskSync(std::string path) : m_path(std::move(path)), m_descriptor(::open(m_path.c_str(), O_RDONLY | O_CLOEXEC)) { }
    ~DiskSync() { ::close(m_descriptor); }
    DiskSync(DiskSync const&) = delete;
    DiskSync& operator=(DiskSync const&) = delete;

    void sync() const
    {
        if (m_descriptor < 0 || ::fsync(m_descriptor) != 0) throw Failure("cannot sync " + m_path + ": " + std::strerror(errno));
    }

private:
    std::string m_path;
    int m_descriptor;
};

// Takes the place of an older file, which is freed in pieces as well.
void replace_file(std::string const& from, std::string const& path)
{
    constexpr off_t piece = 8 << 20;
    int const old = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    std::filesystem::rename(from, path);
    if (old < 0) return;
    struct stat status = {};
    // By no other name either, and nobody else reads it: such a lease is given to the only one who has it open.
    bool const is_gone = ::fstat(old, &status) == 0 && status.st_nlink == 0 && ::fcntl(old, F_SETLEASE, F_WRLCK) == 0;
    for (auto size = status.st_size - piece; is_gone && size > 0 && ::ftruncate(old, size) == 0; size -= piece) {
        (void)::fsync(old);
        std::this_thread::sleep_for(between_pieces);
    }
    ::close(old);
}

// In pieces that are on disk before the next one, with time between them: the calls that come in meanwhile share the disk.
void copy_database(SqliteConnection& from, std::string const& path)
{
    auto const part = path + ".part";
    std::filesystem::remove(part);
    try {
        SqliteConnection to(part, SqliteConnection::Mode::NewFile);
        DiskSync const disk(part);
        from.run("BEGIN"); // of one moment; and with every write that is not held off the copy would start again
        from.run("SELECT count(*) FROM sqlite_master");
        std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> copy(
            sqlite3_backup_init(to.handle(), "main", from.handle(), "main"), sqlite3_backup_finish);
        if (!copy) throw Failure(std::string("cannot start the copy: ") + sqlite3_errmsg(to.handle()));
        int code = SQLITE_OK;
        while ((code = sqlite3_backup_step(copy.get(), pages_at_once)) == SQLITE_OK) {
            disk.sync();
            std::this_thread::sleep_for(between_pieces);
        }
        copy.reset();
        if (code != SQLITE_DONE) throw Failure(std::string("the copy failed: ") + sqlite3_errstr(code));
        from.run("COMMIT");
        disk.sync();
    } catch (...) {
        std::filesystem::remove(part);
        throw;
    }
    replace_file(part, path);
}

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(std::string const& path)
        : m_path(path), m_lock(path), m_warm_up(path), m_write_connection(m_path, SqliteConnection::Mode::ReadWrite),
          m_writer(m_path, m_write_connection)
    {
        std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    void write_soon(Scope const&, std::function<void(Writer&)> f, std::function<void(bool)> then) override
    {
        GroupWriter::Task task{.is_urgent = true};
        task.run = [f = std::move(f)](Writer& db) {
            f(db);
            return true;
        };
        task.then = [then = std::move(then)](std::exception_ptr const& failed) {
            if (failed) try {
                    std::rethrow_exception(failed);
                } catch (std::exception const& failure) {
                    spdlog::error("a queued write failed: {}", failure.what());
                }
            then(!failed);
        };
        m_writer.submit(std::move(task));
    }

    void on_commit(std::function<void(Commit const&)> f) override { m_writer.on_commit(std::move(f)); }

    Bound writes_waiting() const override { return m_writer.waiting(); }

    void migrate(std::vector<Migration> const& migrations) override
    {
        run_write(Scope::platform(), [](Writer& db) {
            db.run("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL, applied_at BIGINT NOT NULL)");
            return true;
        });
        for (auto const& migration : migrations)
            run_write(Scope::platform(), [&](Writer& db) {
                if (!db.run("SELECT 1 FROM migrations WHERE name = $1", {migration.name}).empty()) return true;
                m_write_connection.run_script(migration.script);
                db.run("INSERT INTO migrations (name, applied_at) VALUES ($1, $2)", {migration.name, now()});
                spdlog::info("migrated to {}", migration.name);
                return true;
            });
    }

protected:
    void run_read(Scope const&, std::function<void(Reader&)> const& f) override
    {
        auto connection = borrow();
        connection->run("BEGIN");
        f(*connection); // when it throws, the connection is closed, not lent again
        connection->run("COMMIT");
        sqlite3_db_release_memory(connection->handle()); // its pages go cold with the next commit; 64 idle readers would keep 4 MB each
        std::lock_guard const lock(m_readers_mutex);
        if (m_idle_readers.size() < idle_reader_limit) m_idle_readers.push_back(std::move(connection));
    }

    void run_write(Scope const&, std::function<bool(Writer&)> const& f) override
    {
        auto const done = std::make_shared<std::promise<void>>(); // shared: the writer may still be in it when we are told
        auto future = done->get_future();
        GroupWriter::Task task;
        task.run = [&f](Writer& db) { return f(db); };
        task.then = [done](std::exception_ptr const& failed) { failed ? done->set_exception(failed) : done->set_value(); };
        m_writer.submit(std::move(task));
        future.get();
    }

private:
    static constexpr std::size_t idle_reader_limit = 64; // opening one costs more than a hundred reads

    std::unique_ptr<SqliteConnection> borrow()
    {
        {
            std::lock_guard const lock(m_readers_mutex);
            if (!m_idle_readers.empty()) {
                auto connection = std::move(m_idle_readers.back());
                m_idle_readers.pop_back();
                return connection;
            }
        }
        return std::make_unique<SqliteConnection>(m_path, SqliteConnection::Mode::ReadOnly);
    }

    std::string m_path;
    FileLock m_lock;
    WarmUp m_warm_up; // before the connections: its descriptor is closed after them
    SqliteConnection m_write_connection;
    std::mutex m_readers_mutex;
    std::vector<std::unique_ptr<SqliteConnection>> m_idle_readers;
    GroupWriter m_writer; // last: destroyed first, and commits what is queued
};

} // namespace

std::unique_ptr<Database> open(std::string const& address)
{
    return std::make_unique<SqliteDatabase>(path_of(address));
}

void backup(std::string const& address, std::string const& path)
{
    auto const from = path_of(address);
    if (!std::filesystem::exists(from)) throw Failure("there is no database " + from);
    if (std::filesystem::exists(path) && std::filesystem::equivalent(from, path)) throw Failure(path + " is the database itself");
    SqliteConnection reader(from, SqliteConnection::Mode::ReadOnly);
    copy_database(reader, path);
}

void restore(std::string const& backup_path, std::string const& address)
{
    auto const path = path_of(address);
    if (!std::filesystem::exists(backup_path)) throw Failure("there is no file " + backup_path);
    SqliteConnection backup(backup_path, SqliteConnection::Mode::ReadOnly);
    auto const checked = backup.run("PRAGMA integrity_check");
    if (checked.empty() || checked.front().text(0) != "ok") throw Failure(backup_path + " is damaged");
    if (backup.run("SELECT 1 FROM sqlite_master WHERE name = 'installation'").empty())
        throw Failure(backup_path + " is not a Dealerline backup");
    FileLock const lock(path);
    copy_database(backup, path + ".restored");
    // The old log belongs to the old file.
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
    std::filesystem::rename(path + ".restored", path);
}

} // namespace sql
