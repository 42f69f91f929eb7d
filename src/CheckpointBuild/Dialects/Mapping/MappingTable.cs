using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>The mappings that plug-ins registered, by format and architecture.</summary>
internal static class MappingTable
{
    private static ImmutableDictionary<(string Format, string Architecture), RoleMapping> _mappings = ImmutableDictionary<(string Format, string Architecture), RoleMapping>.Empty;

    /// <summary>Finds a mapping.</summary>
    /// <param name="format">The dialect's name.</param>
    /// <param name="architecture">What the source calls the architecture.</param>
    /// <returns>The mapping, or null where none is registered.</returns>
    public static RoleMapping? Find(string format, string architecture) => _mappings.GetValueOrDefault(Key(format, architecture));

    /// <summary>Every mapping of a format.</summary>
    /// <param name="format">The dialect's name.</param>
    /// <returns>In no order.</returns>
    public static ImmutableArray<RoleMapping> Of(string format) => [.. _mappings.Where(m => m.Key.Format == Key(format, "").Format).Select(m => m.Value)];

    /// <summary>Adds a mapping under a name that is free.</summary>
    /// <param name="format">The dialect's name.</param>
    /// <param name="architecture">What the source calls the architecture.</param>
    /// <param name="mapping">The mapping.</param>
    public static void Add(string format, string architecture, RoleMapping mapping) => ImmutableInterlocked.Update(ref _mappings, m => m.Add(Key(format, architecture), mapping));

    private static (string Format, string Architecture) Key(string format, string architecture) => (format.ToUpperInvariant(), architecture);
}
