#pragma once

#include <string>

// Slow by design: PasswordHasher bounds how many run at once.
// Argon2id as "$argon2id$v=19$m=…,t=…,p=1$salt$hash". Throws std::runtime_error without memory.
std::string hash_password(std::string const& password);
// Also of hashes with other costs than today's.
bool verify_password(std::string const& hash, std::string const& password);
