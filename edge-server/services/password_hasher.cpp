#include "edge-server/services/password_hasher.h"
#include "edge-server/services/secrets.h"

namespace {

constexpr int running_limit = 2;
constexpr int waiting_limit = 48; // some two seconds

} // namespace

PasswordHasher::PasswordHasher() : m_decoy(hash_password(random_hex(16))) { }

template <typename F>
auto PasswordHasher::in_turn(F&& f) -> Result<decltype(f())>
{
    {
        std::unique_lock lock(m_mutex);
        if (m_waiting >= waiting_limit)
            return Error{ErrorKind::Unavailable, "busy", "Many people are signing in at once. Try again in a moment.", {}, 2};
        ++m_waiting;
        m_free.wait(lock, [&] { return m_running < running_limit; });
        --m_waiting;
        ++m_running;
    }
    struct Leave {
        PasswordHasher& hasher;
        ~Leave()
        {
            std::lock_guard const lock(hasher.m_mutex);
            --hasher.m_running;
            hasher.m_free.notify_one();
        }
    } const leave{*this};
    return f();
}

Result<std::string> PasswordHasher::hash(std::string const& password)
{
    return in_turn([&] { return hash_password(password); });
}

Result<bool> PasswordHasher::verify(std::string const& stored, std::string const& password)
{
    return in_turn([&] { return verify_password(stored.empty() ? m_decoy : stored, password) && !stored.empty(); });
}
