#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace console {

// A place in the console: "#/organizations/<id>/settings?search=premium". What the address bar shows and the history keeps.
struct Address {
    std::vector<std::string> path;
    std::map<std::string, std::string> query;

    std::string at(std::size_t part) const { return part < path.size() ? path[part] : std::string(); }
    std::string of(std::string const& name) const;
    Address with(std::string const& name, std::string const& value) const; // an empty value takes it away
    std::string text() const;

    bool operator==(Address const&) const = default;
};

Address address_from(std::string_view text); // an empty one is home

std::string url_encoded(std::string_view text);

// What an address shows. Calls, texts, leads and money have screens of their own, which are also tabs of an organisation.
struct Place {
    std::string screen; // overview, organizations, organization, conversations, …; as it is written where that leads nowhere
    std::string organization; // that it is about
    std::string record; // the one that is open
    bool is_tab = false; // limited to the organisation

    std::string scope() const { return is_tab ? organization : std::string(); }
};
Place place_of(Address const& address);
// #/organizations/<organisation>/<screen>/<record>; less without them.
Address address_in(std::string const& organization, std::string const& screen, std::string const& record = {});

} // namespace console
