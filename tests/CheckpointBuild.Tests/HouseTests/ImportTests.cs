using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>Imports point down.</summary>
public sealed class ImportTests
{
    [Fact]
    public void Every_room_stands_in_the_table_of_layers()
    {
        Findings.None(SourceFile.Product.Where(f => f.Room is { } room && !Layers.Rooms.Contains(room)).Select(f => $"{f.Path}: '{f.Room}' is no room"));
    }

    [Fact]
    public void Using_lines_import_only_what_lies_below()
    {
        IEnumerable<string> wrong =
            from file in SourceFile.Product
            where file.Room is not null
            from import in file.Imports
            where Layers.Rooms.Contains(import.Room) && !Layers.Allow(file.Room!, import.Room)
            select $"{file.Path}: {file.Room} may not import {import.Room} ({import.Line})";

        Findings.None(wrong);
    }

    [Fact]
    public void Full_names_are_not_used_to_get_around_using_lines()
    {
        IEnumerable<string> wrong =
            from file in SourceFile.Product
            where file.Room is not null
            from line in file.Lines
            let code = line.TrimStart()
            where !code.StartsWith("using ", StringComparison.Ordinal) && !code.StartsWith("namespace ", StringComparison.Ordinal) && !code.StartsWith("//", StringComparison.Ordinal)
            from room in Layers.Rooms
            where code.Contains($"CheckpointBuild.{room}.", StringComparison.Ordinal) && !Layers.Allow(file.Room!, room)
            select $"{file.Path}: {code}";

        Findings.None(wrong);
    }

    [Fact]
    public void The_library_never_references_the_projects_above_it()
    {
        Findings.None(typeof(DTypes.DType).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("CheckpointBuild", StringComparison.Ordinal) || name == "ckpt"));
    }
}
