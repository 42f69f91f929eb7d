using System;
using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Laws;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files that any format can hold: all its dtypes, shapes of all ranks, names and metadata with everything that text may have.</summary>
internal static class FormatSamples
{
    private const int Seed = 20_240_607;

    /// <summary>Every dtype that the format takes, in ranks 1 to 4.</summary>
    public static TensorFile Full(Format format)
    {
        var tensors = new List<Tensor>();
        foreach (DType dtype in DType.All)
        {
            if (Holds(format, dtype))
            {
                int columns = dtype.BlockLength * 3;
                tensors.Add(Random($"z.{dtype.Name}", dtype, new Shape(columns)));
                tensors.Add(Random($"a.{dtype.Name}", dtype, new Shape(5, columns)));
                tensors.Add(Random($"𝄞 é \"q\" \\ \t \u007F{dtype.Name}", dtype, new Shape(2, 3, columns)));
                tensors.Add(Random($"\uFFFD.{dtype.Name}", dtype, new Shape(1, 2, 1, columns)));
            }
        }

        tensors.Add(Random("scalar", DType.F32, default));
        return new TensorFile(new TensorTable(tensors), Text());
    }

    /// <summary>A few hundred bytes.</summary>
    public static TensorFile Small() => new(
        new TensorTable([Random("model.norm.weight", DType.F32, new Shape(3)), Random("a", DType.F16, new Shape(2, 5)), Random("b", DType.F32, new Shape(1, 2))]),
        Text());

    public static Tensor Random(string name, DType dtype, Shape shape)
    {
        long bytes = dtype.RowBytes(0, shape.Columns) * shape.Rows;
        byte[] data = new byte[bytes];
        new Random(Seed + name.Length).NextBytes(data);
        for (int i = 0; dtype.LongName == "bool" && i < data.Length; i++)
        {
            data[i] &= 1;
        }

        return new Stored(name, dtype, shape, new ArraySource(data), 0);
    }

    private static Metadata Text() => new Metadata().Add("format", "pt").Add("note", "é 𝄞 \"quoted\" \\ / \u0001 \u001F \u007F \b\f\n\r\t <&>").Add("empty", string.Empty);

    private static bool Holds(Format format, DType dtype)
    {
        try
        {
            format.Plan("probe", new TensorFile(new TensorTable([Random("probe", dtype, new Shape(dtype.BlockLength))]), new Metadata()));
            return true;
        }
        catch (CheckpointException e) when (e.Code == "CKPT4010")
        {
            return false;
        }
    }
}
