using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using CheckpointBuild.Tasks;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The task assembly loads into every MSBuild since 17.7, that of .NET Framework too: each member that it calls stands in the reference assemblies of .NET Standard 2.0 and of MSBuild 17.7.</summary>
public sealed class MemberReferenceTests
{
    private const int FewestCalls = 100;
    private static readonly string[] Allowed = ["netstandard", "Microsoft.Build.Framework", "Microsoft.Build.Utilities.Core"];

    [Fact]
    public void The_assembly_references_nothing_but_the_standard_and_MSBuild()
    {
        Assert.Empty(MemberReferences.Assemblies(typeof(WorkerTask).Assembly.Location).Except(Allowed));
    }

    [Fact]
    public void Every_member_that_is_called_stands_in_the_reference_assemblies()
    {
        Dictionary<string, HashSet<string>> known = [];
        foreach (string path in ReferenceAssemblies())
        {
            known[Path.GetFileNameWithoutExtension(path)] = MemberReferences.Declared(path);
        }

        Assert.Equal(Allowed.Order(), known.Keys.Order());
        (string Assembly, string Member)[] called = [.. MemberReferences.Called(typeof(WorkerTask).Assembly.Location)];
        Assert.True(called.Length > FewestCalls, "Hardly a call was found; the reader of metadata is wrong.");
        Assert.Empty(called.Where(m => !known.TryGetValue(m.Assembly, out HashSet<string>? members) || !members.Contains(m.Member)).Select(m => m.ToString()));
    }

    private static IEnumerable<string> ReferenceAssemblies() =>
        typeof(MemberReferenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TaskReferences").Value!
            .Split(';').Where(p => Allowed.Contains(Path.GetFileNameWithoutExtension(p), StringComparer.Ordinal));
}
