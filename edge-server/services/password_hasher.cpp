#include "edge-server/services/password_hasher.h"
#include "edge-server/services/password_hash.h"
#include "edge-server/services/secrets.h"
#include "shared/base/priority.h"

#include <system_error>

namespace {

constexpr int running_limit = 2;
constexpr int waiting_limit = 48; // who signs in waits some two seconds
constexpr int new_waiting_limit = 640; // a signup waits longer rather than being sent away

Error busy()
{
    return {ErrorKind::Unavailable, "busy", "Many people are signing in at once. Try again in a moment.", {}, 2};
}

} // namespace

PasswordHasher::PasswordHasher() : m_decoy(hash_password(random_hex(16))) { }

template <typename F>
auto PasswordHasher::in_turn(int most_waiting, F&& f) -> Result<decltype(f())>
{
    {
        std::unique_lock lock(m_mutex);
        if (m_waiting >= most_waiting) return busy();
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
    try {
        return in_background(f); // a crowd that signs up slows no call
    } catch (std::system_error const&) {
        return busy();
    }
}

Result<std::string> PasswordHasher::hash(std::string const& password)
{
    return in_turn(new_waiting_limit, [&] { return hash_password(password); });
}

Result<bool> PasswordHasher::verify(std::string const& stored, std::string const& password)
{
    return in_turn(waiting_limit, [&] { return verify_password(stored.empty() ? m_decoy : stored, password) && !stored.empty(); });
}

Bound PasswordHasher::waiting() const
{
    std::lock_guard const lock(m_mutex);
    return {"passwords_waiting", static_cast<std::size_t>(m_waiting), new_waiting_limit};
}
