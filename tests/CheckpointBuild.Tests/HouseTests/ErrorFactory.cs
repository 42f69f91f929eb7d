using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>One factory of the product's coded errors and warnings.</summary>
/// <param name="Method">The factory.</param>
/// <param name="Code">The code that its source gives.</param>
/// <param name="File">The source file that it stands in.</param>
internal sealed partial record ErrorFactory(MethodInfo Method, string Code, string File)
{
    /// <summary>Every factory.</summary>
    public static IReadOnlyList<ErrorFactory> All { get; } = [.. Sources().Select(s => new ErrorFactory(MethodNamed(s.Name), s.Code, s.File))];

    /// <summary>Its name.</summary>
    public string Name => Method.Name;

    /// <summary>What it says when it is given something for each of its parameters.</summary>
    public string SampleMessage => Method.Invoke(null, [.. Method.GetParameters().Select(p => Sample(p.ParameterType))]) switch
    {
        CheckpointException error => error.Message,
        Diagnostic warning => warning.Message,
        _ => "",
    };

    /// <summary>Every factory that the assembly has, whatever its source looks like.</summary>
    public static IEnumerable<MethodInfo> Methods => typeof(Errors)
        .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(m => m.ReturnType == typeof(CheckpointException) || m.ReturnType == typeof(Diagnostic));

    /// <summary>Whether a source file is where the factories stand.</summary>
    /// <param name="file">The file.</param>
    /// <returns>True for <c>Errors.*.cs</c>.</returns>
    public static bool IsHome(SourceFile file) => file.Room == "Diagnostics" && file.Stem == nameof(Errors);

    private static IEnumerable<(string Name, string Code, string File)> Sources() =>
        from file in SourceFile.Product
        where IsHome(file)
        from Match match in Factory().Matches(file.Text)
        select (match.Groups["name"].Value, match.Groups["code"].Value, file.Path);

    private static object? Sample(Type type) =>
        type == typeof(string) ? "Do this."
        : type.IsAssignableFrom(typeof(string[])) ? new[] { "one", "two" }
        : type.IsAssignableFrom(typeof(IOException)) ? new IOException("the disk is full")
        : type.IsAssignableFrom(typeof(List<Diagnostic>)) ? new List<Diagnostic>()
        : type.IsValueType ? Activator.CreateInstance(Nullable.GetUnderlyingType(type) ?? type)
        : null;

    private static MethodInfo MethodNamed(string name) => Methods.FirstOrDefault(m => m.Name == name) ?? throw new InvalidOperationException($"{name} stands in the source and not in the assembly; build first.");

    [GeneratedRegex(@"(?:CheckpointException|Diagnostic)\s+(?<name>\w+)\([^;]*?""(?<code>CKPT\d{4})""", RegexOptions.Singleline)]
    private static partial Regex Factory();
}
