#pragma once

#include "shared/api/read_records.h"

#include <string_view>

// What both halves of the answers are read with.

namespace console {

template <typename F>
void each(Json const& list, F&& f)
{
    if (!list.is_array()) return;
    for (Json const& item : list)
        f(item);
}

inline int count_of(Json const& object, std::string_view name, int otherwise = 0)
{
    auto const& value = member_of(object, name);
    return value.is_number() ? static_cast<int>(value.get<double>()) : otherwise;
}

} // namespace console
