#pragma once

#include <string>
#include <variant>
#include <vector>

namespace console {

struct SignIn {
    std::string email;
    std::string password;
};

struct SignOut { };

struct OpenPage {
    std::string path;
};

// What a person asked for while a frame was drawn; App carries it out afterwards.
using Command = std::variant<SignIn, SignOut, OpenPage>;
using Commands = std::vector<Command>;

} // namespace console
