#include "edge-server/services/password_hash.h"
#include "edge-server/services/secrets.h"

#include <argon2.h>
#include <sodium.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

// As OWASP recommends: with 64 MiB, two hundred signups at once waited for one another for twenty seconds.
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t memory_kib = 19 * 1024;
constexpr std::size_t kept_limit = 2; // as many as PasswordHasher runs at once
constexpr std::string_view todays_costs = "$argon2id$v=19$m=19456,t=2,p=1$"; // what stands before the salt

using Salt = std::array<std::uint8_t, 16>;
using Hash = std::array<std::uint8_t, 32>;

// The memory of a hash serves the next one. Mapped and freed for each, it held up all threads of the process in the kernel: calls that
// came beside a crowd of signups waited 15 ms.
std::mutex kept_mutex;
std::vector<std::unique_ptr<std::uint8_t[]>> kept;

int take_memory(std::uint8_t** memory, std::size_t size)
{
    std::lock_guard const lock(kept_mutex);
    if (kept.empty()) {
        *memory = new (std::nothrow) std::uint8_t[size];
    } else {
        *memory = kept.back().release();
        kept.pop_back();
    }
    return *memory ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

void keep_memory(std::uint8_t* memory, std::size_t)
{
    std::unique_ptr<std::uint8_t[]> owned(memory);
    std::lock_guard const lock(kept_mutex);
    if (kept.size() < kept_limit) kept.push_back(std::move(owned));
}

Hash argon2id(std::string const& password, Salt salt)
{
    Hash hash{};
    auto secret = password;
    argon2_context context{};
    context.out = hash.data();
    context.outlen = hash.size();
    context.pwd = reinterpret_cast<std::uint8_t*>(secret.data());
    context.pwdlen = static_cast<std::uint32_t>(secret.size());
    context.salt = salt.data();
    context.saltlen = salt.size();
    context.t_cost = passes;
    context.m_cost = memory_kib;
    context.lanes = 1;
    context.threads = 1;
    context.version = ARGON2_VERSION_13;
    context.allocate_cbk = take_memory;
    context.free_cbk = keep_memory;
    context.flags = ARGON2_FLAG_CLEAR_PASSWORD;
    if (int const problem = argon2id_ctx(&context); problem != ARGON2_OK)
        throw std::runtime_error(std::string("a password cannot be hashed: ") + argon2_error_message(problem));
    return hash;
}

template <std::size_t size>
std::string base64(std::array<std::uint8_t, size> const& bytes)
{
    std::string text(sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL_NO_PADDING), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), size, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    text.pop_back();
    return text;
}

template <std::size_t size>
bool read_base64(std::string const& text, std::array<std::uint8_t, size>& bytes)
{
    std::size_t length = 0;
    return sodium_base642bin(
               bytes.data(), size, text.data(), text.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
        == 0
        && length == size;
}

} // namespace

std::string hash_password(std::string const& password)
{
    require_sodium();
    Salt salt;
    randombytes_buf(salt.data(), salt.size());
    return std::string(todays_costs) + base64(salt) + '$' + base64(argon2id(password, salt));
}

bool verify_password(std::string const& hash, std::string const& password)
{
    require_sodium();
    if (!hash.starts_with(todays_costs))
        return hash.size() < crypto_pwhash_STRBYTES && crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    auto const end = hash.find('$', todays_costs.size());
    Salt salt;
    Hash expected;
    if (end == std::string::npos || !read_base64(hash.substr(todays_costs.size(), end - todays_costs.size()), salt)
        || !read_base64(hash.substr(end + 1), expected))
        return false;
    auto const given = argon2id(password, salt);
    return sodium_memcmp(given.data(), expected.data(), expected.size()) == 0;
}
