#include "web-client/widgets/keys.h"

namespace console {

bool Keys::is_wanted(std::string const& name, bool in_field) const
{
    return m_wanted_in_fields.contains(name) || (!in_field && m_wanted.contains(name));
}

bool Keys::press(std::string const& name, bool in_field)
{
    if (!m_prefix.empty() && !in_field) {
        auto const both = m_prefix + ' ' + name;
        m_prefix.clear();
        if (is_wanted(both, false)) {
            m_pressed.insert(both);
            return true;
        }
    }
    auto const longer = m_wanted.lower_bound(name + ' ');
    if (!in_field && longer != m_wanted.end() && longer->starts_with(name + ' ')) {
        m_prefix = name;
        return true;
    }
    if (!is_wanted(name, in_field)) return false;
    m_pressed.insert(name);
    return true;
}

void Keys::start_frame()
{
    m_wanted.clear();
    m_wanted_in_fields.clear();
}

bool Keys::take(std::string_view name, bool in_fields_too)
{
    (in_fields_too ? m_wanted_in_fields : m_wanted).emplace(name);
    auto const found = m_pressed.find(name);
    if (found == m_pressed.end()) return false;
    m_pressed.erase(found);
    return true;
}

} // namespace console
