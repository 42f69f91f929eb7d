using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">By place.</param>
/// <param name="Named">By name.</param>
internal sealed record TemplateArguments(object?[] Positional, IReadOnlyDictionary<string, object?> Named)
{
    /// <summary>No arguments.</summary>
    internal static TemplateArguments None { get; } = new([], new Dictionary<string, object?>(StringComparer.Ordinal));

    /// <summary>Finds an argument.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where it is not given.</param>
    /// <returns>The argument.</returns>
    internal object? Get(int place, string name, object? otherwise) => place < Positional.Length ? Positional[place] : Named.TryGetValue(name, out object? value) ? value : otherwise;

    /// <summary>Whether an argument is given.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="name">Its name.</param>
    /// <returns>True when it is.</returns>
    internal bool Has(int place, string name) => place < Positional.Length || Named.ContainsKey(name);

    /// <summary>Finds a string.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where it is not given; null where it must be.</param>
    /// <returns>The string.</returns>
    internal string Text(int place, string name, string? otherwise = null) =>
        Get(place, name, otherwise) as string ?? throw new TemplateFailureException($"the argument '{name}' is {(Has(place, name) ? "no string" : "missing")}");

    /// <summary>Finds an integer.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where it is not given; null where it must be.</param>
    /// <returns>The integer.</returns>
    internal int Integer(int place, string name, int? otherwise = null) =>
        PythonNumber.TryGetInteger(Get(place, name, (long?)otherwise), out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new TemplateFailureException($"the argument '{name}' is {(Has(place, name) ? "no integer of a usable size" : "missing")}");

    /// <summary>Finds a condition.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Whether it is given and true.</returns>
    internal bool Flag(int place, string name) => PythonValue.IsTrue(Get(place, name, otherwise: false));

    /// <summary>The arguments behind the first ones.</summary>
    /// <param name="count">How many are left out.</param>
    /// <returns>The rest.</returns>
    internal TemplateArguments Skip(int count) => this with { Positional = Positional.Skip(count).ToArray() };
}
