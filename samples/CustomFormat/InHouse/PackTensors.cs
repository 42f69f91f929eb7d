using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace InHouse;

/// <summary>
/// Reads <c>weights.pack</c>: <c>PACK</c>, the number of tensors, for each its name and shape, and then the float16 numbers of all of them in the same order. All numbers are little-endian:
/// <code>
/// "PACK" int32 count · count × ( uint16 bytes · name · int32 rank · rank × int64 ) · float16 …
/// </code>
/// </summary>
public sealed class PackTensors : TensorSource
{
    private const string FileName = "weights.pack";
    private const int MostHeaderBytes = 1 << 24;

    public override bool Recognizes(CheckpointDirectory directory) => directory.Has(FileName);

    public override IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems)
    {
        ByteSource file = directory.OpenFile(FileName);
        using var reader = new BinaryReader(new MemoryStream(file.ReadBytes(0, (int)Math.Min(file.Length, MostHeaderBytes))));
        if (!reader.ReadBytes(4).AsSpan().SequenceEqual("PACK"u8))
        {
            throw new CheckpointException("INHOUSE2", $"{file.Name}: does not begin with PACK. Export the model again.", file.Name);
        }

        var shapes = new (string Name, Shape Shape)[reader.ReadInt32()];
        for (int i = 0; i < shapes.Length; i++)
        {
            string name = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadUInt16()));
            shapes[i] = (name, new Shape([.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt64())]));
        }

        var tensors = new List<Tensor>();
        long offset = reader.BaseStream.Position;
        foreach ((string name, Shape shape) in shapes)
        {
            tensors.Add(new Stored(name, DType.F16, shape, file, offset));
            offset += tensors[^1].ByteCount;
        }

        return offset == file.Length ? tensors : throw new CheckpointException("INHOUSE3", $"{file.Name}: has {file.Length} bytes, its header says {offset}. Export the model again.", file.Name);
    }
}
