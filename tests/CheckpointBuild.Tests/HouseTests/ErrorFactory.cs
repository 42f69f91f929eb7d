using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>One factory of the product's coded errors and warnings, as its source declares it.</summary>
/// <param name="Class">The class that it stands in: <c>Errors</c>, or <c>TaskErrors</c> of the tasks, which reference nothing of ours.</param>
/// <param name="Name">Its name.</param>
/// <param name="Code">The code that it gives.</param>
/// <param name="File">The source file, relative to the checkout.</param>
internal sealed partial record ErrorFactory(string Class, string Name, string Code, string File)
{
    /// <summary>Every factory.</summary>
    public static IReadOnlyList<ErrorFactory> All { get; } = [.. SourceFile.Product.Where(IsHome).SelectMany(Declared)];

    /// <summary>The factories that the library's assembly has, whatever their source looks like.</summary>
    public static IReadOnlyList<MethodInfo> Methods { get; } =
    [
        .. typeof(Errors).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == typeof(CheckpointException) || m.ReturnType == typeof(Diagnostic)),
    ];

    /// <summary>How the product calls it.</summary>
    public string Call => $"{Class}.{Name}(";

    /// <summary>Whether a source file is where factories stand.</summary>
    /// <param name="file">The file.</param>
    /// <returns>True for <c>Errors.*.cs</c> and <c>TaskErrors.cs</c>.</returns>
    public static bool IsHome(SourceFile file) => file.Stem.EndsWith("Errors", StringComparison.Ordinal);

    /// <summary>What a factory says when it is given something for each of its parameters.</summary>
    /// <param name="method">The factory.</param>
    /// <returns>Its message.</returns>
    public static string SampleMessage(MethodInfo method) => method.Invoke(null, [.. method.GetParameters().Select(p => Sample(p.ParameterType))]) switch
    {
        CheckpointException error => error.Message,
        Diagnostic warning => warning.Message,
        _ => "",
    };

    // A factory's code is the first one after its declaration.
    private static IEnumerable<ErrorFactory> Declared(SourceFile file) =>
        from Match declaration in Declaration().Matches(file.Text)
        let code = Code4().Match(file.Text, declaration.Index)
        select new ErrorFactory(file.Stem, declaration.Groups["name"].Value, code.Groups["code"].Value, file.Path);

    private static object? Sample(Type type) =>
        type == typeof(string) ? "Do this."
        : type.IsAssignableFrom(typeof(string[])) ? new[] { "one", "two" }
        : type.IsAssignableFrom(typeof(IOException)) ? new IOException("the disk is full")
        : type.IsValueType ? Activator.CreateInstance(Nullable.GetUnderlyingType(type) ?? type)
        : type.IsGenericType ? Array.CreateInstance(type.GetGenericArguments()[0], 1)
        : null;

    [GeneratedRegex(@"^    internal static (?:CheckpointException|Diagnostic|TaskDiagnostic) (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("\"(?<code>CKPT\\d{4})\"")]
    private static partial Regex Code4();
}
