#pragma once

#include <string>
#include <variant>
#include <vector>

namespace console {

struct User {
    std::string id;
    std::string email;
    std::string role;
};

struct Organization {
    std::string id;
    std::string name;
};

// Who is signed in, as the server told it.
struct Session {
    User user;
    std::vector<Organization> organizations;
};

struct Asking { }; // the first answer of the server has not come

struct SignedOut {
    std::string problem; // one sentence, or empty
    bool busy = false; // a sign-in is on its way
};

struct SignedIn {
    Session session;
    std::string problem;
    bool busy = false; // a sign-out is on its way
};

// What the server owns, as far as we know it. Only App changes it.
struct AppState {
    std::variant<Asking, SignedOut, SignedIn> session;
};

} // namespace console
