using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>What holds for every container format.</summary>
public sealed class FormatLaws
{
    private const int Mutations = 6000;

    /// <summary>Reading takes a buffer, the header, and objects a few times its size.</summary>
    private const long AllocationPerByte = 64;
    private const long AllocationBase = 256 << 10;

    /// <summary>Those that are written; what is only read has its files in the golden data.</summary>
    public static TheoryData<string> Names => [.. Format.All.Where(format => format.CanWrite).Select(format => format.Name)];

    [Fact]
    public void All_has_every_format_once()
    {
        IEnumerable<Type> types = typeof(Format).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Format)) && !type.IsAbstract);
        Assert.Equal(types.Select(type => type.Name).Order(), Format.All.Select(format => format.GetType().Name).Order());
        Assert.Distinct(Format.All.Select(format => format.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_puts_every_plane_into_one_slot(string name)
    {
        Format format = Of(name);
        TensorFile file = FormatSamples.Full(format);
        FilePlan plan = format.Plan("sample", file);
        var planned = plan.Slots.Select(slot => (slot.Tensor.Name, slot.Plane, slot.Length)).Order().ToArray();
        var wanted = file.Tensors
            .SelectMany(tensor => Enumerable.Range(0, tensor.DType.PlaneCount).Select(plane => (tensor.Name, plane, tensor.PlaneBytes(plane, tensor.Rows))))
            .Order();
        Assert.Equal(wanted, planned);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_puts_slots_in_rising_order_within_the_file(string name)
    {
        Format format = Of(name);
        FilePlan plan = format.Plan("sample", FormatSamples.Full(format));
        long end = plan.Head.Length;
        foreach (Slot slot in plan.Slots)
        {
            Assert.True(slot.Offset >= end, $"'{slot.Tensor.Name}' begins at {slot.Offset}, what stands before it ends at {end}.");
            end = slot.Offset + slot.Length;
        }

        Assert.True(end <= plan.Length);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_gives_back_what_was_planned(string name)
    {
        Format format = Of(name);
        TensorFile file = FormatSamples.Full(format);
        TensorFile read = format.Read(new ArraySource(PlanBytes.Of(format.Plan("sample", file))));
        Assert.Equal(file.Metadata, read.Metadata);
        Assert.Equal(file.Tensors.Count, read.Tensors.Count);
        foreach (Tensor tensor in file.Tensors)
        {
            Assert.True(read.Tensors.TryGet(tensor.Name, out Tensor? back), tensor.Name);
            Assert.Equal((tensor.DType, tensor.Shape), (back.DType, back.Shape));
            Assert.Equal(PlanBytes.Of(tensor), PlanBytes.Of(back));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_of_what_was_read_gives_the_same_file(string name)
    {
        Format format = Of(name);
        byte[] bytes = PlanBytes.Of(format.Plan("sample", FormatSamples.Full(format)));
        Assert.Equal(bytes, PlanBytes.Of(format.Plan("sample", format.Read(new ArraySource(bytes)))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Detect_finds_the_format_by_its_bytes(string name)
    {
        Format format = Of(name);
        Assert.Same(format, Format.Detect(new ArraySource(PlanBytes.Of(format.Plan("sample", FormatSamples.Small())))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_refuses_every_prefix_that_lacks_a_byte_of_head_or_slots(string name)
    {
        Format format = Of(name);
        FilePlan plan = format.Plan("sample", FormatSamples.Small());
        byte[] bytes = PlanBytes.Of(plan);
        long end = plan.Slots[^1].Offset + plan.Slots[^1].Length;
        for (int length = 0; length < end; length++)
        {
            Assert.Throws<CheckpointException>(() => format.Read(new ArraySource(bytes[..length])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Recognizes_takes_any_beginning(string name)
    {
        Format format = Of(name);
        byte[] bytes = PlanBytes.Of(format.Plan("sample", FormatSamples.Small()));
        Assert.True(format.Recognizes(bytes.AsSpan(0, 64), bytes.Length));
        for (int length = 0; length < 64; length++)
        {
            _ = format.Recognizes(bytes.AsSpan(0, length), length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_of_damaged_files_refuses_by_code_or_gives_tensors_within_the_file(string name)
    {
        Format format = Of(name);
        FilePlan plan = format.Plan("sample", FormatSamples.Small());
        byte[] sound = PlanBytes.Of(plan);
        var random = new Random(plan.Head.Length);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] damaged = Damage(sound, plan.Head.Length, random);
            var source = new ArraySource(damaged);
            TensorFile? file = null;
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? refusal = Record.Exception(() => file = format.Read(source));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationBase + (AllocationPerByte * damaged.Length));
            Assert.True(refusal is null or CheckpointException, $"Mutation {i}: {refusal}");
            CheckWithin(file, damaged.Length);
        }
    }

    private static Format Of(string name) => Format.All.First(format => format.Name == name);

    private static byte[] Damage(byte[] sound, int head, Random random)
    {
        byte[] damaged = [.. sound];
        for (int flips = random.Next(1, 9); flips > 0; flips--)
        {
            damaged[random.Next(head)] = (byte)(random.Next(3) == 0 ? random.Next(256) : damaged[random.Next(head)]);
        }

        return damaged;
    }

    private static void CheckWithin(TensorFile? file, long length)
    {
        foreach (Stored stored in file?.Tensors.OfType<Stored>() ?? [])
        {
            Assert.InRange(stored.Offset, 0, length);
            Assert.InRange(stored.ByteCount, 0, length - stored.Offset);
        }
    }
}
