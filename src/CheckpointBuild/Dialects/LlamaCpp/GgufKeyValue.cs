using System;
using System.Collections.Immutable;
using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The value of a key as a GGUF file holds it; one that cannot be meant is an error that names file, key, found and needed.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Key">The whole key.</param>
/// <param name="Value">The value.</param>
internal readonly record struct GgufKeyValue(string File, string Key, object Value)
{
    /// <summary>The value as a whole number from 0 to 2^31 - 1.</summary>
    public int Size => Value switch
    {
        uint number and <= int.MaxValue => (int)number,
        int number and >= 0 => number,
        ulong number and <= int.MaxValue => (int)number,
        _ => throw Wrong("a whole number"),
    };

    /// <summary>The value as a whole number from 1 to 2^31 - 1.</summary>
    public int Count => Size is > 0 and int count ? count : throw Wrong("a whole number from 1");

    /// <summary>The value as a finite number. A float32 comes as the shortest decimal that means it, so that 1e-5 stays 1e-5.</summary>
    public double Number => Value switch
    {
        float single when float.IsFinite(single) => double.Parse(single.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        double number when double.IsFinite(number) => number,
        _ => throw Wrong("a finite float32"),
    };

    /// <summary>The value as a finite number from 0.</summary>
    public double NotNegative => Number is >= 0 and var number ? number : throw Wrong("a finite float32 from 0");

    /// <summary>The value as how experts are scored (<c>llama_expert_gating_func_type</c>).</summary>
    public ExpertScoring ExpertScoring => Size switch
    {
        1 => ExpertScoring.Softmax,
        2 => ExpertScoring.Sigmoid,
        _ => throw Wrong("1 (softmax) or 2 (sigmoid)"),
    };

    /// <summary>The value as true or false.</summary>
    public bool Flag => Value is bool flag ? flag : throw Wrong("true or false");

    /// <summary>The value as a list of true and false.</summary>
    public ImmutableArray<bool> Flags => Value is bool[] flags ? [.. flags] : throw Wrong("a list of true and false");

    private CheckpointException Wrong(string needed) => Errors.ConfigFieldWrong(File, Key, Value is Array ? "an array" : string.Create(CultureInfo.InvariantCulture, $"{Value}"), needed);
}
