#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace console {

// Keys between two frames. What is drawn asks for a key by name and gets it in the next frame after it was pressed; a key that
// nobody asked for in the last frame belongs to the browser. "g o" is g, then o.
class Keys {
public:
    // True: somebody waits for it.
    bool press(std::string const& name, bool in_field);
    void start_frame();
    void end_frame() { m_pressed.clear(); }

    // In a field only keys count that say so: letters are text there.
    bool take(std::string_view name, bool in_fields_too);

private:
    bool is_wanted(std::string const& name, bool in_field) const;

    std::set<std::string, std::less<>> m_wanted;
    std::set<std::string, std::less<>> m_wanted_in_fields;
    std::set<std::string, std::less<>> m_pressed;
    std::string m_prefix; // the first key of two
};

} // namespace console
