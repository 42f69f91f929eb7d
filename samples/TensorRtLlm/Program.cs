// Shows the ranks that the build made: dotnet run --project samples/TensorRtLlm
// On a machine with TensorRT-LLM they are built further with: trtllm-build --checkpoint_dir THE-FOLDER --output_dir engine
using System.Buffers.Binary;
using System.Text.Json;

string folder = Path.Combine(AppContext.BaseDirectory, "models", "doc-llama");
using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
JsonElement mapping = config.RootElement.GetProperty("mapping");
Console.WriteLine($"{config.RootElement.GetProperty("architecture")} {config.RootElement.GetProperty("dtype")}, TP {mapping.GetProperty("tp_size")} x PP {mapping.GetProperty("pp_size")}");
foreach (string file in Directory.EnumerateFiles(folder, "rank*.safetensors").Order())
{
    using FileStream rank = File.OpenRead(file);
    byte[] length = new byte[8];
    rank.ReadExactly(length);
    byte[] header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
    rank.ReadExactly(header);
    using JsonDocument tensors = JsonDocument.Parse(header);
    JsonElement qkv = tensors.RootElement.GetProperty("transformer.layers.0.attention.qkv.weight");
    Console.WriteLine($"{Path.GetFileName(file)}: {tensors.RootElement.EnumerateObject().Count()} tensors, {rank.Length:N0} bytes; queries, keys and values of layer 0: [{string.Join(", ", qkv.GetProperty("shape").EnumerateArray())}]");
}
