using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>A list of the product: an abstract type whose static <c>All</c> holds its variants. Found by that shape, so that a new list is under the rules from its first day.</summary>
/// <param name="Base">The abstract type.</param>
/// <param name="Entries">What its <c>All</c> holds.</param>
internal sealed record BuiltInList(Type Base, IReadOnlyList<object> Entries)
{
    /// <summary>Every list of the library.</summary>
    public static IReadOnlyList<BuiltInList> All { get; } =
    [
        .. typeof(DTypes.DType).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: true })
            .Select(type => (Type: type, All: type.GetProperty("All", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)))
            .Where(list => list.All is not null && list.All.PropertyType.IsGenericType && list.All.PropertyType.GetGenericArguments()[0] == list.Type)
            .Select(list => new BuiltInList(list.Type, [.. ((IEnumerable)list.All!.GetValue(null)!).Cast<object>()])),
    ];

    /// <summary>What an entry is called in tables: the architecture of a family, the name of everything else.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>Its name.</returns>
    public static string NameOf(object entry) => (string)(entry.GetType().GetProperty("Architecture") ?? entry.GetType().GetProperty("Name")!).GetValue(entry)!;
}
