using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building;

/// <content>Which product holds which tensors: <c>tensors/&lt;key of the tensors&gt;</c> names a product, whose own report must say the same.</content>
public sealed partial class Store
{
    private const string TensorsFolder = "tensors";

    /// <summary>Finds a file with given tensors. What it holds is not looked at yet.</summary>
    /// <param name="tensorsKey">The key of the tensors.</param>
    /// <returns>The file, or null.</returns>
    internal EarlierFile? FindTensors(string tensorsKey)
    {
        try
        {
            string index = Path.Combine(_root, TensorsFolder, tensorsKey);
            string key = File.Exists(index) ? File.ReadAllText(index).TrimEnd('\n') : "";
            if (!IsKey(key) || PlaceOf(key) is not { } place)
            {
                return null;
            }

            BuildReport report = BuildReport.Read(Path.Combine(place, BuildReport.FileName));
            return report.Key == key && report.Outputs.FirstOrDefault(o => o.TensorsKey == tensorsKey) is { Sha256: not null } file
                ? new EarlierFile(key, Path.Combine(place, file.Path.Replace('/', Path.DirectorySeparatorChar)), file)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CheckpointException)
        {
            return null;
        }
    }

    // A hint that cannot be written costs a later build the work that this one did.
    private void RememberTensors(BuildReport report)
    {
        try
        {
            foreach (string tensors in report.Outputs.Select(o => o.TensorsKey).OfType<string>())
            {
                string index = Path.Combine(MakeDirectory(TensorsFolder), tensors);
                string temporary = Path.Combine(MakeDirectory(TemporaryFolder), $"{tensors}.{Guid.NewGuid():N}");
                File.WriteAllText(temporary, report.Key + "\n");
                File.Move(temporary, index, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CheckpointException)
        {
            return;
        }
    }

    private void ForgetTensorsOfNobody()
    {
        string folder = Path.Combine(_root, TensorsFolder);
        foreach (string index in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            TryDelete(() =>
            {
                if (PlaceOf(File.ReadAllText(index).TrimEnd('\n')) is null)
                {
                    File.Delete(index);
                }
            });
        }
    }

    private static bool IsKey(string text) => text.Length == KeyDigits && text.All(char.IsAsciiHexDigitLower);
}
